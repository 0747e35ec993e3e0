import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';

@Component({
  selector: 'shop-not-found-page',
  imports: [RouterLink],
  template: `
    <div class="empty">
      <h1>{{ t('state.notFound') }}</h1>
      <a routerLink="/" class="button">{{ t('state.notFound.home') }}</a>
    </div>
  `,
})
export class NotFoundPage {
  protected readonly t = inject(I18n).t;

  constructor() {
    pageTitle(() => this.t('state.notFound'));
  }
}
