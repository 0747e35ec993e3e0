import { booleanAttribute, Component, inject, input } from '@angular/core';
import type { Product } from '../api/generated/models';
import { I18n } from '../i18n/i18n';

@Component({
  selector: 'shop-stock-note',
  template: `
    @if (!product().available) {
      <p class="stock stock-out">{{ t('product.outOfStock') }}</p>
    } @else if (product().stock <= few) {
      <p class="stock stock-few">{{ t('product.lastOnes', { count: product().stock }) }}</p>
    } @else if (!isQuiet()) {
      <p class="stock">{{ t('product.inStock') }}</p>
    }
  `,
})
export class StockNote {
  readonly product = input.required<Pick<Product, 'available' | 'stock'>>();
  /** Renders nothing while there is enough. */
  readonly isQuiet = input(false, { transform: booleanAttribute });
  protected readonly t = inject(I18n).t;
  protected readonly few = 5;
}
