import { Component, inject, input } from '@angular/core';
import type { OrderStatus } from '../api/generated/models';
import { I18n } from '../i18n/i18n';

@Component({
  selector: 'shop-order-status-badge',
  host: { class: 'badge', '[attr.data-status]': 'status()' },
  template: '{{ t(`orders.status.${status()}`) }}',
})
export class OrderStatusBadge {
  readonly status = input.required<OrderStatus>();
  protected readonly t = inject(I18n).t;
}
