import { computed, inject, Injectable, signal } from '@angular/core';
import { Router } from '@angular/router';
import { action } from '../api/action';
import { ApiError } from '../api/api-error';
import { Api } from '../api/generated/api';
import { checkout } from '../api/generated/functions';
import type { CheckoutCart } from '../api/generated/models';
import { Session } from '../api/session';
import { CartStore } from '../cart/cart-store';
import { findPendingOrder, forgetPendingOrder, keepPendingOrder, type PendingOrder } from './pending-order';

/** Orders the cart; retries place one order. Provided by the checkout page. */
@Injectable()
export class OrderPlacement {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly cart = inject(CartStore).cart;
  private readonly owner = inject(Session).userId() ?? 'guest';
  private readonly pending = signal(findPendingOrder(this.owner));

  private readonly send = action(async ({ key, body }: PendingOrder) => {
    try {
      const { id, guest_token } = await this.api.invoke(checkout, { body, 'Idempotency-Key': key });
      forgetPendingOrder(this.owner);
      const path = guest_token ? ['/guest-orders', guest_token] : ['/orders', id];
      await this.router.navigate(path, { replaceUrl: true, state: { placed: true } });
    } catch (error) {
      // A refusal is a response, and the next attempt a new order. Without a response the order may have been placed.
      if (error instanceof ApiError && !error.isTransient) forgetPendingOrder(this.owner);
      throw error;
    } finally {
      this.pending.set(findPendingOrder(this.owner));
      this.cart.reload();
    }
  });

  /** The order was sent, and there was no response. */
  readonly unanswered = computed(() => (this.send.isBusy() ? null : this.pending()));
  /** Both totals, when the total has changed. */
  readonly changedTotal = computed(() => {
    const error = this.send.error();
    if (!(error instanceof ApiError) || error.code !== 'total_changed') return undefined;
    const { expected_total, total } = error.members;
    return { before: String(expected_total), now: String(total) };
  });
  readonly isShownOtherwise = computed(() => {
    const error = this.send.error();
    return this.changedTotal() !== undefined || (error instanceof ApiError && error.isTransient);
  });

  readonly place = {
    ...this.send,
    start: (body: CheckoutCart) => this.send.start(keepPendingOrder(this.owner, body)),
  };

  sendAgain(): void {
    const pending = this.pending();
    if (pending) void this.send.start(pending);
  }
}
