import { Component, computed, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { injectSignInParams } from '../account/next-path';
import { action } from '../api/action';
import type { Product } from '../api/generated/models';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';
import { Icon } from '../ui/icon';
import { FavoriteStore } from './favorite-store';

@Component({
  selector: 'shop-favorite-button',
  imports: [Icon],
  host: { style: 'display: contents' },
  template: `
    <button
      type="button"
      class="favorite"
      [attr.data-favorite]="isFavorite()"
      [attr.aria-label]="
        t(isFavorite() ? 'product.favorite.remove' : 'product.favorite.add', { name: product().name })
      "
      (click)="press()"
    >
      <shop-icon name="heart" />
    </button>
  `,
})
export class FavoriteButton {
  readonly product = input.required<Product>();
  protected readonly t = inject(I18n).t;
  private readonly store = inject(FavoriteStore);
  private readonly router = inject(Router);
  private readonly userId = inject(Session).userId;
  private readonly signInParams = injectSignInParams();
  protected readonly isFavorite = computed(() => this.store.has(this.product().id));
  private readonly toggle = action(() => this.store.toggle(this.product()));

  protected press(): void {
    if (this.userId() !== null) void this.toggle.start();
    else void this.router.navigate(['/sign-in'], { queryParams: this.signInParams() });
  }
}
