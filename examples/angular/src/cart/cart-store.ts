import { computed, inject, Injectable } from '@angular/core';
import { CartToken } from '../api/cart-token';
import { getCart } from '../api/generated/functions';
import type { Cart } from '../api/generated/models';
import { type Query, query } from '../api/query';
import { Session } from '../api/session';

const EMPTY: Cart = { items: [], total_items: 0, total: '0.00' };

/** The cart of the customer or guest; read again when the tab becomes visible, since another tab may have changed it. */
@Injectable({ providedIn: 'root' })
export class CartStore {
  private readonly userId = inject(Session).userId;
  private readonly token = inject(CartToken).value;
  private readonly owner = computed(() => this.userId() ?? this.token());
  // The parameters identify the cart's owner, so that another owner causes another request. The operation has none.
  private readonly answer = query(getCart, () =>
    this.owner() === null ? undefined : { owner: this.owner() },
  );

  readonly cart: Query<Cart> = {
    ...this.answer,
    value: computed(() => (this.owner() === null ? EMPTY : this.answer.value())),
  };
  readonly count = computed(() => this.cart.value()?.total_items ?? 0);

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.cart.reload();
    });
  }
}
