import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { checkPasswordReset, resetPassword } from '../api/generated/functions';
import { query } from '../api/query';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { InvalidLink, isInvalidLink } from './invalid-link';
import { linkDone } from './link-done';

/** The page of a mail's link when the API's `FRONTEND_URL` is this shop. */
@Component({
  selector: 'shop-reset-password-page',
  imports: [Field, FormError, FormFailure, InvalidLink, Pending, ReactiveFormsModule, RouterLink],
  host: { class: 'narrow' },
  templateUrl: './reset-password-page.html',
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class ResetPasswordPage {
  /** Of the address. */
  readonly uid = input.required<string>();
  readonly token = input.required<string>();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly path = computed(() => ({ uidb64: this.uid(), token: this.token() }));
  protected readonly done = linkDone();
  protected readonly link = query(checkPasswordReset, () => (this.done.isDone() ? undefined : this.path()));
  protected readonly isInvalid = computed(() => isInvalidLink(this.link.error()));
  protected readonly form = inject(NonNullableFormBuilder).group({ new_password: '' });

  protected readonly reset = action(async () => {
    await this.api.invoke(resetPassword, { ...this.path(), body: this.form.getRawValue() });
    this.done.setDone();
  });

  constructor() {
    pageTitle(() => this.t('forgot.title'));
  }
}
