import { Component, inject, input } from '@angular/core';
import { type Params, RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';

@Component({
  selector: 'shop-pages',
  imports: [RouterLink],
  template: `
    @if (pages() > 1) {
      <nav class="pages" [attr.aria-label]="t('pages.label')">
        @if (page() > 1) {
          <a [routerLink]="[]" [queryParams]="paramsOf()(page() - 1)" rel="prev" class="button">
            {{ t('pages.previous') }}
          </a>
        }
        <span>{{ t('pages.current', { page: page(), pages: pages() }) }}</span>
        @if (page() < pages()) {
          <a [routerLink]="[]" [queryParams]="paramsOf()(page() + 1)" rel="next" class="button">
            {{ t('pages.next') }}
          </a>
        }
      </nav>
    }
  `,
})
export class Pages {
  readonly page = input.required<number>();
  readonly pages = input.required<number>();
  /** Query parameters of a page. */
  readonly paramsOf = input.required<(page: number) => Params>();
  protected readonly t = inject(I18n).t;
}
