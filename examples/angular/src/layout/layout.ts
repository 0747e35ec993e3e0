import {
  ChangeDetectorRef,
  Component,
  computed,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterOutlet } from '@angular/router';
import { MergeReport } from '../cart/merge-report';
import { I18n } from '../i18n/i18n';
import { Announcer } from '../ui/announcer';
import { Loading } from '../ui/loading';
import { BrokenPage } from './broken-page';
import { Footer } from './footer';
import { Header } from './header';
import { OfflineBar } from './offline-bar';

@Component({
  selector: 'shop-root',
  imports: [Footer, Header, Loading, MergeReport, OfflineBar, RouterLink, RouterOutlet],
  templateUrl: './layout.html',
})
export class Layout {
  protected readonly t = inject(I18n).t;
  protected readonly message = inject(Announcer).message;
  protected readonly isBroken = inject(BrokenPage).isBroken;
  protected readonly hasPage = signal(false);
  private readonly router = inject(Router);
  private readonly changes = inject(ChangeDetectorRef);
  protected readonly isNavigating = computed(() => this.router.currentNavigation() !== null);
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');
  private path = '';

  constructor() {
    this.router.events.pipe(takeUntilDestroyed()).subscribe((event) => {
      if (event instanceof NavigationEnd) this.goOn(event.urlAfterRedirects.split('?')[0]!);
    });
  }

  /** Renders at once: otherwise the browser may draw a frame with a part of the page below what stands for it. */
  protected showPage(): void {
    this.hasPage.set(true);
    this.changes.detectChanges();
  }

  protected focusMain(): void {
    this.main().nativeElement.focus({ preventScroll: true });
  }

  protected reload(): void {
    location.reload(); // the browser remembers that a script did not load
  }

  /** Moves the focus into a new page, for keyboards and screen readers; not into the first one, or after going back. */
  private goOn(path: string): void {
    const isBack = this.router.currentNavigation()?.trigger === 'popstate';
    if (this.path && path !== this.path && !isBack) this.focusMain();
    this.path = path;
    this.isBroken.set(false);
  }
}
