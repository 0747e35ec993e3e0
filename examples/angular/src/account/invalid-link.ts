import { Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { TextKey } from '../../../shared/texts/texts';
import { ApiError } from '../api/api-error';
import { I18n } from '../i18n/i18n';

export function isInvalidLink(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'link_invalid';
}

/** The link of a mail was used, has expired, or is invalid. */
@Component({
  selector: 'shop-invalid-link',
  imports: [RouterLink],
  host: { style: 'display: contents' },
  template: `
    <p class="notice notice-bad" role="alert">{{ t('error.link_invalid') }}</p>
    <a [routerLink]="next()" class="button button-wide">{{ t(text()) }}</a>
  `,
})
export class InvalidLink {
  /** The page where a new link can be requested. */
  readonly next = input.required<string>();
  readonly text = input.required<TextKey>();
  protected readonly t = inject(I18n).t;
}
