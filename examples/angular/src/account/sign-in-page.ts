import { Component, inject, input, ViewEncapsulation } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { signIn } from '../api/generated/functions';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';
import { pageTitle } from '../ui/page-title';
import { nextPath } from './next-path';
import { SessionStart } from './session-start';

@Component({
  selector: 'shop-sign-in-page',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule, RouterLink],
  host: { class: 'narrow' },
  templateUrl: './sign-in-page.html',
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class SignInPage {
  /** Of the address. */
  readonly next = input<string>();
  protected readonly t = inject(I18n).t;
  protected readonly hasEnded = inject(Session).hasEnded;
  private readonly api = inject(Api);
  private readonly start = inject(SessionStart);
  protected readonly form = inject(NonNullableFormBuilder).group({ username: '', password: '' });

  protected readonly enter = action(async () => {
    const body = this.form.getRawValue();
    const signedIn = await this.api.invoke(signIn, { body, ...this.start.guestCart() });
    await this.start.startWith(signedIn, nextPath(this.next()));
  });

  constructor() {
    pageTitle(() => this.t('signIn.title'));
  }
}
