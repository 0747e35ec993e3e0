import { Component, computed, inject, input, numberAttribute, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ApiError } from '../api/api-error';
import { watchOrders } from '../api/events';
import { Api } from '../api/generated/api';
import { getOrder, updateOrder } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { CancelOrder } from './cancel-order';
import { OrderDetails } from './order-details';
import { OrderHistory } from './order-history';
import { OrderMissing } from './order-missing';
import { wasPlaced } from './was-placed';

@Component({
  selector: 'shop-order-page',
  imports: [CancelOrder, OrderDetails, OrderHistory, OrderMissing, Pending, RouterLink],
  templateUrl: './order-page.html',
  styleUrl: '../../../shared/styles/orders.css',
  encapsulation: ViewEncapsulation.None,
})
export class OrderPage {
  /** Of the address. */
  readonly id = input.required({ transform: numberAttribute });
  protected readonly t = inject(I18n).t;
  protected readonly wasPlaced = wasPlaced();
  private readonly api = inject(Api);
  private readonly isNumber = computed(() => Number.isSafeInteger(this.id()));
  protected readonly order = query(getOrder, () => (this.isNumber() ? { id: this.id() } : undefined));
  protected readonly isMissing = computed(() => {
    const error = this.order.error();
    return !this.isNumber() || (error instanceof ApiError && error.status === 404);
  });
  protected readonly cancel = () =>
    this.api.invoke(updateOrder, { id: this.id(), body: { status: 'cancelled' } });

  constructor() {
    pageTitle(() => this.t('orders.number', { id: this.id() }));
    watchOrders(() => this.order.reload());
  }
}
