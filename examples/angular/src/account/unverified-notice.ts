import { Component, inject, input } from '@angular/core';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { resendVerification } from '../api/generated/functions';
import { I18n } from '../i18n/i18n';
import { injectErrorText } from '../ui/error-text';

@Component({
  selector: 'shop-unverified-notice',
  host: { class: 'notice notice-warning', role: 'status' },
  template: `
    <p>{{ t(resend.result() ? 'account.resent' : 'account.unverified') }}</p>
    @if (resend.error(); as error) {
      <p>{{ errorText(error) }}</p>
    }
    @if (!resend.result()) {
      <button type="button" class="button button-small" (click)="resend.start()">
        {{ t('account.resend') }}
      </button>
    }
  `,
})
export class UnverifiedNotice {
  readonly email = input.required<string>();
  protected readonly t = inject(I18n).t;
  protected readonly errorText = injectErrorText();
  private readonly api = inject(Api);
  protected readonly resend = action(() =>
    this.api.invoke(resendVerification, { body: { email: this.email() } }),
  );
}
