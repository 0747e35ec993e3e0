import { Component, computed, inject, input } from '@angular/core';
import { listProducts } from '../api/generated/functions';
import type { Product } from '../api/generated/models';
import { query } from '../api/query';
import { ProductGrid } from '../catalogue/product-grid';
import { I18n } from '../i18n/i18n';

const SHOWN = 4;

@Component({
  selector: 'shop-related-products',
  imports: [ProductGrid],
  template: `
    @if (product().category; as category) {
      @if (others().length > 0) {
        <section class="related">
          <h2>{{ t('product.more', { category }) }}</h2>
          <shop-product-grid [products]="others()" />
        </section>
      }
    }
  `,
})
export class RelatedProducts {
  readonly product = input.required<Product>();
  protected readonly t = inject(I18n).t;
  private readonly category = computed(() => this.product().category);
  private readonly products = query(listProducts, () => {
    const category = this.category();
    return category ? { category, available: true, page_size: SHOWN + 1 } : undefined;
  });
  protected readonly others = computed(
    () =>
      this.products
        .value()
        ?.results.filter(({ id }) => id !== this.product().id)
        .slice(0, SHOWN) ?? [],
  );
}
