import { Component, inject, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { updateMe } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';

@Component({
  selector: 'shop-password-form',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule],
  template: `
    <form ngNativeValidate [formGroup]="form" [starts]="change" (ngSubmit)="change.start()">
      <h3>{{ t('account.password.title') }}</h3>
      <shop-field
        name="current_password"
        type="password"
        autocomplete="current-password"
        required
        [control]="form.controls.current_password"
        [label]="t('field.currentPassword')"
      />
      <shop-field
        name="password"
        type="password"
        autocomplete="new-password"
        required
        [control]="form.controls.password"
        [label]="t('field.newPassword')"
        [hint]="t('field.password.hint')"
        [minLength]="8"
        [maxLength]="128"
      />
      @if (change.result()) {
        <p class="notice notice-good" role="status">{{ t('account.password.done') }}</p>
      }
      <shop-form-error />
      <button type="submit" class="button" [attr.aria-busy]="change.isBusy()">
        {{ t('account.password.submit') }}
      </button>
    </form>
  `,
})
export class PasswordForm {
  readonly changed = output();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  protected readonly form = inject(NonNullableFormBuilder).group({ current_password: '', password: '' });

  protected readonly change = action(async () => {
    const user = await this.api.invoke(updateMe, { body: this.form.getRawValue() });
    this.form.reset();
    this.changed.emit();
    return user;
  });
}
