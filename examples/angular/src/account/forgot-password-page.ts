import { Component, inject, ViewEncapsulation } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { requestPasswordReset } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { pageTitle } from '../ui/page-title';

/** Requests the mail, whose link opens a page for the new password: the API's, or this shop's with `FRONTEND_URL`. */
@Component({
  selector: 'shop-forgot-password-page',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule, RouterLink],
  host: { class: 'narrow' },
  template: `
    <h1>{{ t('forgot.title') }}</h1>
    @if (request.result(); as email) {
      <p class="notice notice-good" role="status">{{ t('forgot.sent', { email }) }}</p>
    } @else {
      <p>{{ t('forgot.text') }}</p>
      <form ngNativeValidate [formGroup]="form" [starts]="request" (ngSubmit)="request.start()">
        <shop-field
          name="email"
          type="email"
          autocomplete="email"
          required
          [control]="form.controls.email"
          [label]="t('field.email')"
        />
        <shop-form-error />
        <button type="submit" class="button button-primary button-wide" [attr.aria-busy]="request.isBusy()">
          {{ t('forgot.submit') }}
        </button>
      </form>
    }
    <p>
      <a routerLink="/sign-in">{{ t('forgot.back') }}</a>
    </p>
  `,
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class ForgotPasswordPage {
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  protected readonly form = inject(NonNullableFormBuilder).group({ email: '' });

  protected readonly request = action(async () => {
    const { email } = this.form.getRawValue();
    await this.api.invoke(requestPasswordReset, { body: { email } });
    return email;
  });

  constructor() {
    pageTitle(() => this.t('forgot.title'));
  }
}
