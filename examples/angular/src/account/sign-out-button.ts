import { Component, inject } from '@angular/core';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { signOut } from '../api/generated/functions';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';

/** How long to wait for the API; this browser deletes the session in any case. */
const PATIENCE_MS = 3000;

@Component({
  selector: 'shop-sign-out-button',
  template: `
    <button type="button" class="button" [attr.aria-busy]="exit.isBusy()" (click)="exit.start()">
      {{ t('nav.signOut') }}
    </button>
  `,
})
export class SignOutButton {
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly session = inject(Session);

  protected readonly exit = action(async () => {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([this.api.invoke(signOut).catch(() => {}), patience]);
    this.session.leave();
  });
}
