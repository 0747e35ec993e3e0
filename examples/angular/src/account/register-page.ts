import { Component, inject, input, ViewEncapsulation } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { register } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { pageTitle } from '../ui/page-title';
import { nextPath } from './next-path';
import { SessionStart } from './session-start';

@Component({
  selector: 'shop-register-page',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule, RouterLink],
  host: { class: 'narrow' },
  templateUrl: './register-page.html',
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class RegisterPage {
  /** Of the address. */
  readonly next = input<string>();
  private readonly i18n = inject(I18n);
  protected readonly t = this.i18n.t;
  private readonly api = inject(Api);
  private readonly start = inject(SessionStart);
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: '',
    username: '',
    email: '',
    password: '',
  });

  protected readonly create = action(async () => {
    const body = { ...this.form.getRawValue(), language: this.i18n.language() };
    const signedIn = await this.api.invoke(register, { body, ...this.start.guestCart() });
    await this.start.startWith(signedIn, nextPath(this.next()));
  });

  constructor() {
    pageTitle(() => this.t('register.title'));
  }
}
