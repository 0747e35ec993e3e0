import { Component, computed, inject, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionEnded } from '../account/session-ended';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { CartLine } from './cart-line';
import { CartStore } from './cart-store';

@Component({
  selector: 'shop-cart-page',
  imports: [CartLine, Pending, RouterLink, SessionEnded],
  templateUrl: './cart-page.html',
  styleUrl: '../../../shared/styles/cart.css',
  encapsulation: ViewEncapsulation.None,
})
export class CartPage {
  protected readonly t = inject(I18n).t;
  protected readonly price = inject(I18n).price;
  protected readonly hasSessionEnded = inject(Session).hasEnded;
  protected readonly cart = inject(CartStore).cart;
  protected readonly canOrder = computed(
    () => this.cart.value()?.items.every(({ state }) => state === 'available') ?? false,
  );

  constructor() {
    pageTitle(() => this.t('cart.title'));
    this.cart.reload(); // another tab may have changed it
  }
}
