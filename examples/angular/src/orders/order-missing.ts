import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';

@Component({
  selector: 'shop-order-missing',
  imports: [RouterLink],
  template: `
    <div class="empty">
      <h1>{{ t('orders.missing') }}</h1>
      <a routerLink="/orders" class="button">{{ t('orders.title') }}</a>
    </div>
  `,
})
export class OrderMissing {
  protected readonly t = inject(I18n).t;
}
