import { Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Order } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { OrderStatusBadge } from './order-status-badge';

/** An order of a customer or a guest. `[actions]` is below the items, other content below the addresses. */
@Component({
  selector: 'shop-order-details',
  imports: [OrderStatusBadge, RouterLink],
  host: { role: 'article', class: 'order' },
  templateUrl: './order-details.html',
})
export class OrderDetails {
  readonly order = input.required<Order>();
  protected readonly i18n = inject(I18n);
  protected readonly t = this.i18n.t;
}
