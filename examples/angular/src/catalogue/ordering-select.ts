import { Component, inject } from '@angular/core';
import type { ProductOrdering } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { Catalogue } from './catalogue';

@Component({
  selector: 'shop-ordering-select',
  template: `
    <label class="ordering">
      {{ t('catalogue.ordering') }}
      <select #select [value]="state().ordering ?? ''" (change)="order(select.value)">
        <option value="">
          {{ t(state().search ? 'catalogue.ordering.relevance' : 'catalogue.ordering.default') }}
        </option>
        <option value="-created_at">{{ t('catalogue.ordering.newest') }}</option>
        <option value="price">{{ t('catalogue.ordering.cheapest') }}</option>
        <option value="-price">{{ t('catalogue.ordering.dearest') }}</option>
        <option value="name">{{ t('catalogue.ordering.name') }}</option>
      </select>
    </label>
  `,
})
export class OrderingSelect {
  protected readonly t = inject(I18n).t;
  private readonly catalogue = inject(Catalogue);
  protected readonly state = this.catalogue.state;

  protected order(ordering: string): void {
    this.catalogue.change({ ordering: (ordering || undefined) as ProductOrdering | undefined });
  }
}
