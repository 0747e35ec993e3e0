import { Component, computed, inject } from '@angular/core';
import { I18n } from '../i18n/i18n';
import { Catalogue } from './catalogue';

@Component({
  selector: 'shop-price-filter',
  template: `
    <form class="filter" (submit)="$event.preventDefault(); apply(from.value, to.value)">
      <fieldset>
        <legend>{{ t('catalogue.price') }}</legend>
        <div class="price-range">
          <label>
            <span>{{ t('catalogue.price.from') }}</span>
            <input
              #from
              name="min_price"
              type="number"
              min="0"
              step="0.01"
              inputmode="decimal"
              [placeholder]="range()?.min ?? ''"
              [value]="state().min_price ?? ''"
            />
          </label>
          <label>
            <span>{{ t('catalogue.price.to') }}</span>
            <input
              #to
              name="max_price"
              type="number"
              min="0"
              step="0.01"
              inputmode="decimal"
              [placeholder]="range()?.max ?? ''"
              [value]="state().max_price ?? ''"
            />
          </label>
        </div>
      </fieldset>
      <button type="submit" class="button button-small">{{ t('catalogue.price.apply') }}</button>
    </form>
  `,
})
export class PriceFilter {
  protected readonly t = inject(I18n).t;
  private readonly catalogue = inject(Catalogue);
  protected readonly state = this.catalogue.state;
  protected readonly range = computed(() => this.catalogue.facets.value()?.price);

  protected apply(from: string, to: string): void {
    this.catalogue.change({ min_price: from || undefined, max_price: to || undefined });
  }
}
