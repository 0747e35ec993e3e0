import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';
import { Icon } from '../ui/icon';
import { Catalogue } from './catalogue';
import { isFiltered } from './list-state';
import { PriceFilter } from './price-filter';

/** On a narrow screen a button opens them above the list. */
@Component({
  selector: 'shop-filters',
  imports: [Icon, PriceFilter, RouterLink],
  templateUrl: './filters.html',
})
export class Filters {
  protected readonly t = inject(I18n).t;
  protected readonly catalogue = inject(Catalogue);
  protected readonly state = this.catalogue.state;
  protected readonly categories = computed(() => this.catalogue.facets.value()?.categories ?? []);
  protected readonly isFiltered = computed(() => isFiltered(this.state()));
  protected readonly isOpen = signal(false);
}
