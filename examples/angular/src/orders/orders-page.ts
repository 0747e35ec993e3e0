import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { watchOrders } from '../api/events';
import { listMyOrders } from '../api/generated/functions';
import type { Order } from '../api/generated/models';
import { query } from '../api/query';
import { Pages } from '../catalogue/pages';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { OrderStatusBadge } from './order-status-badge';

const PAGE_SIZE = 10;

@Component({
  selector: 'shop-orders-page',
  imports: [OrderStatusBadge, Pages, Pending, RouterLink],
  templateUrl: './orders-page.html',
  styleUrl: '../../../shared/styles/orders.css',
  encapsulation: ViewEncapsulation.None,
})
export class OrdersPage {
  /** Of the address. */
  readonly page = input<string>();
  protected readonly i18n = inject(I18n);
  protected readonly t = this.i18n.t;
  protected readonly number = computed(() => Math.max(1, Number.parseInt(this.page() ?? '1', 10) || 1));
  protected readonly orders = query(listMyOrders, () => ({ page: this.number(), page_size: PAGE_SIZE }), {
    keep: true,
  });
  protected readonly pages = computed(() =>
    Math.max(1, Math.ceil((this.orders.value()?.count ?? 0) / PAGE_SIZE)),
  );
  protected readonly paramsOf = (page: number) => ({ page });

  constructor() {
    pageTitle(() => this.t('orders.title'));
    watchOrders(() => this.orders.reload());
  }

  protected itemsOf({ items }: Order): string {
    return items.map(({ product_name, quantity }) => `${quantity} × ${product_name}`).join(', ');
  }
}
