import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { ApiError } from '../api/api-error';
import { Api } from '../api/generated/api';
import { cancelGuestOrder, getGuestOrder } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { CancelOrder } from './cancel-order';
import { OrderDetails } from './order-details';
import { OrderMissing } from './order-missing';
import { wasPlaced } from './was-placed';

/** A guest's order, by the secret token in the address. */
@Component({
  selector: 'shop-guest-order-page',
  imports: [CancelOrder, OrderDetails, OrderMissing, Pending],
  template: `
    @if (isMissing()) {
      <shop-order-missing />
    } @else {
      @if (wasPlaced) {
        <p class="notice notice-good" role="status">{{ t('checkout.done') }} {{ t('guest.link') }}</p>
      }
      @if (order.value(); as shown) {
        <shop-order-details [order]="shown">
          <shop-cancel-order actions [orderId]="shown.id" [cancel]="cancel" (settled)="order.reload()" />
        </shop-order-details>
      } @else {
        <shop-pending [query]="order" />
      }
    }
  `,
  styleUrl: '../../../shared/styles/orders.css',
  encapsulation: ViewEncapsulation.None,
})
export class GuestOrderPage {
  /** Of the address. */
  readonly token = input.required<string>();
  protected readonly t = inject(I18n).t;
  protected readonly wasPlaced = wasPlaced();
  private readonly api = inject(Api);
  protected readonly order = query(getGuestOrder, () => ({ token: this.token() }));
  protected readonly isMissing = computed(() => {
    const error = this.order.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly cancel = () => this.api.invoke(cancelGuestOrder, { token: this.token() });

  constructor() {
    pageTitle(() => this.t('orders.title'));
  }
}
