import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { verifyEmail } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { InvalidLink, isInvalidLink } from './invalid-link';

/** The page of a mail's link when the API's `FRONTEND_URL` is this shop. Opening it verifies the address. */
@Component({
  selector: 'shop-verify-email-page',
  imports: [InvalidLink, Pending, RouterLink],
  host: { class: 'narrow' },
  template: `
    <h1>{{ t('link.verify.title') }}</h1>
    @if (verified.value(); as outcome) {
      <p class="notice notice-good" role="status">
        {{ t(outcome.code === 'email_already_verified' ? 'link.verify.before' : 'link.verify.done') }}
      </p>
      <a routerLink="/" class="button button-primary button-wide">{{ t('state.notFound.home') }}</a>
    } @else if (isInvalid()) {
      <shop-invalid-link next="/account" text="nav.account" />
    } @else {
      <shop-pending [query]="verified" />
    }
  `,
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class VerifyEmailPage {
  /** Of the address. */
  readonly uid = input.required<string>();
  readonly token = input.required<string>();
  protected readonly t = inject(I18n).t;
  protected readonly verified = query(verifyEmail, () => ({ uidb64: this.uid(), token: this.token() }));
  protected readonly isInvalid = computed(() => isInvalidLink(this.verified.error()));

  constructor() {
    pageTitle(() => this.t('link.verify.title'));
  }
}
