import { Component, input } from '@angular/core';
import type { Product } from '../api/generated/models';
import { ProductCard } from './product-card';

@Component({
  selector: 'shop-product-grid',
  imports: [ProductCard],
  template: `
    <ul class="grid">
      @for (product of products(); track product.id) {
        <li><shop-product-card class="card" [product]="product" [isEager]="$index < 4" /></li>
      }
    </ul>
  `,
})
export class ProductGrid {
  readonly products = input.required<Product[]>();
}
