import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';
import { injectSignInParams } from './next-path';

/** Shown in place of an empty cart: the customer's cart is back after the sign-in. */
@Component({
  selector: 'shop-session-ended',
  imports: [RouterLink],
  host: { class: 'empty', role: 'alert' },
  template: `
    <p>{{ t('signIn.ended') }}</p>
    <a routerLink="/sign-in" [queryParams]="signInParams()" class="button button-primary">
      {{ t('signIn.submit') }}
    </a>
  `,
})
export class SessionEnded {
  protected readonly t = inject(I18n).t;
  protected readonly signInParams = injectSignInParams();
}
