import { Component, inject } from '@angular/core';
import type { ProductOrdering } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { Catalogue } from './catalogue';

@Component({
  selector: 'shop-ordering-select',
  template: `
    <label class="ordering">
      {{ t('catalogue.ordering') }}
      <select #select (change)="order(select.value)">
        @for (choice of choices; track choice.ordering) {
          <option [value]="choice.ordering" [selected]="choice.ordering === (state().ordering ?? '')">
            {{ t(!choice.ordering && state().search ? 'catalogue.ordering.relevance' : choice.text) }}
          </option>
        }
      </select>
    </label>
  `,
})
export class OrderingSelect {
  protected readonly t = inject(I18n).t;
  private readonly catalogue = inject(Catalogue);
  protected readonly state = this.catalogue.state;
  protected readonly choices = [
    { ordering: '', text: 'catalogue.ordering.default' },
    { ordering: '-created_at', text: 'catalogue.ordering.newest' },
    { ordering: 'price', text: 'catalogue.ordering.cheapest' },
    { ordering: '-price', text: 'catalogue.ordering.dearest' },
    { ordering: 'name', text: 'catalogue.ordering.name' },
  ] as const;

  protected order(ordering: string): void {
    this.catalogue.change({ ordering: (ordering || undefined) as ProductOrdering | undefined });
  }
}
