import { Component, computed, input } from '@angular/core';

@Component({
  selector: 'shop-product-grid-skeleton',
  template: `
    <ul class="grid" aria-hidden="true">
      @for (place of places(); track place) {
        <li class="card">
          <div class="picture skeleton"></div>
          <p class="skeleton skeleton-line"></p>
          <p class="skeleton skeleton-line skeleton-short"></p>
        </li>
      }
    </ul>
  `,
})
export class ProductGridSkeleton {
  readonly count = input(8);
  protected readonly places = computed(() => Array.from({ length: this.count() }, (_, place) => place));
}
