import { Component, computed, ElementRef, inject, linkedSignal, signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { Router } from '@angular/router';
import { debounceTime } from 'rxjs';
import { suggestProducts } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { Icon } from '../ui/icon';
import { CurrentUrl } from './current-url';

/** Suggests products while the user types: an ARIA combobox, whose list never gets the focus. */
@Component({ selector: '[shop-search-box]', imports: [Icon], templateUrl: './search-box.html' })
export class SearchBox {
  protected readonly t = inject(I18n).t;
  private readonly router = inject(Router);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly url = inject(CurrentUrl).url;
  private readonly searched = computed(() => {
    const { root, queryParams } = this.router.parseUrl(this.url());
    return root.hasChildren() ? '' : String(queryParams['search'] ?? '');
  });

  protected readonly words = linkedSignal(() => this.searched()); // going back and forward changes the box, too
  protected readonly isOpen = signal(false);
  protected readonly active = signal(-1);
  private readonly wanted = computed(() => {
    const words = this.words().trim();
    return this.isOpen() && words.length > 1 ? words : '';
  });
  private readonly asked = toSignal(toObservable(this.wanted).pipe(debounceTime(150)), { initialValue: '' });
  private readonly suggested = query(
    suggestProducts,
    () => (this.asked() ? { search: this.asked() } : undefined),
    { keep: true },
  );
  protected readonly suggestions = computed(() =>
    this.wanted() ? (this.suggested.value()?.results ?? []) : [],
  );

  protected type(words: string): void {
    this.words.set(words);
    this.isOpen.set(true);
    this.active.set(-1);
  }

  protected submit(): void {
    const chosen = this.suggestions()[this.active()];
    const search = this.words().trim();
    this.close();
    if (chosen) this.open(chosen.slug);
    else void this.router.navigate(['/'], { queryParams: search ? { search } : {} });
  }

  protected open(slug: string): void {
    this.close();
    void this.router.navigate(['/products', slug]);
  }

  protected move(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.suggestions().length === 0) return;
    event.preventDefault();
    const positions = this.suggestions().length + 1; // each suggestion, and the box itself at -1
    this.active.update((active) => ((active + 1 + step + positions) % positions) - 1);
  }

  protected closeUnlessInside(event: FocusEvent): void {
    if (!this.host.contains(event.relatedTarget as Node | null)) this.close();
  }

  private close(): void {
    this.isOpen.set(false);
    this.active.set(-1);
  }
}
