import { Component, inject, input } from '@angular/core';
import { en } from '../../../shared/texts/en';
import type { TextKey } from '../../../shared/texts/texts';
import { listOrderEvents } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { Pending } from '../ui/pending';

@Component({
  selector: 'shop-order-history',
  imports: [Pending],
  template: `
    @if (history.value(); as shown) {
      <ol class="history">
        @for (event of shown.results; track event.version) {
          <li>
            <strong>{{ t(textOf(event.event)) }}</strong>
            <time [attr.datetime]="event.created_at">{{ moment(event.created_at) }}</time>
          </li>
        }
      </ol>
    } @else {
      <shop-pending [query]="history" />
    }
  `,
})
export class OrderHistory {
  readonly orderId = input.required<number>();
  /** A new version of the order has a new event. */
  readonly version = input.required<number>();
  protected readonly t = inject(I18n).t;
  protected readonly moment = inject(I18n).moment;
  protected readonly history = query(
    listOrderEvents,
    () => ({ id: this.orderId(), version: this.version() }),
    { keep: true },
  );

  /** A newer API may have events without a text here. */
  protected textOf(event: string): TextKey {
    const key = `orders.event.${event}`;
    return key in en ? (key as TextKey) : 'orders.event.other';
  }
}
