import { Component, inject, input } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { requestEmailChange } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';

@Component({
  selector: 'shop-email-form',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule],
  template: `
    <form ngNativeValidate [formGroup]="form" [starts]="change" (ngSubmit)="change.start()">
      <h3>{{ t('account.email.title') }}</h3>
      <p class="muted">{{ email() }}</p>
      <shop-field
        name="new_email"
        type="email"
        autocomplete="email"
        required
        [control]="form.controls.new_email"
        [label]="t('field.newEmail')"
      />
      <shop-field
        name="password"
        type="password"
        autocomplete="current-password"
        required
        [control]="form.controls.password"
        [label]="t('field.currentPassword')"
      />
      @if (change.result(); as asked) {
        <p class="notice notice-good" role="status">{{ t('account.email.done', { email: asked }) }}</p>
      }
      <shop-form-error />
      <button type="submit" class="button" [attr.aria-busy]="change.isBusy()">
        {{ t('account.email.submit') }}
      </button>
    </form>
  `,
})
export class EmailForm {
  readonly email = input.required<string>();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  protected readonly form = inject(NonNullableFormBuilder).group({ new_email: '', password: '' });

  protected readonly change = action(async () => {
    const body = this.form.getRawValue();
    await this.api.invoke(requestEmailChange, { body });
    return body.new_email;
  });
}
