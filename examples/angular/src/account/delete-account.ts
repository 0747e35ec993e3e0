import { Component, inject } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { deleteMe } from '../api/generated/functions';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';

@Component({
  selector: 'shop-delete-account',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule],
  template: `
    <form ngNativeValidate [formGroup]="form" [starts]="erase" (ngSubmit)="erase.start()">
      <h3>{{ t('account.delete.title') }}</h3>
      <p class="muted">{{ t('account.delete.text') }}</p>
      <shop-field
        name="password"
        type="password"
        autocomplete="current-password"
        required
        [control]="form.controls.password"
        [label]="t('field.currentPassword')"
      />
      <shop-form-error />
      <button type="submit" class="button button-danger" [attr.aria-busy]="erase.isBusy()">
        {{ t('account.delete.submit') }}
      </button>
    </form>
  `,
})
export class DeleteAccount {
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  protected readonly form = inject(NonNullableFormBuilder).group({ password: '' });

  protected readonly erase = action(async () => {
    await this.api.invoke(deleteMe, { body: this.form.getRawValue() });
    this.session.leave();
  });
}
