import { Component, inject } from '@angular/core';
import { I18n } from '../i18n/i18n';

/** A placeholder for content. */
@Component({
  selector: 'shop-loading',
  host: { class: 'loading', role: 'status' },
  template: `
    <span class="spinner" aria-hidden="true"></span>
    <span class="visually-hidden">{{ t('state.loading') }}</span>
  `,
})
export class Loading {
  protected readonly t = inject(I18n).t;
}
