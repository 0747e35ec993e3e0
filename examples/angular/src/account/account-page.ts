import { Component, computed, inject, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { getMe } from '../api/generated/functions';
import type { User } from '../api/generated/models';
import { query } from '../api/query';
import { Session } from '../api/session';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { DeleteAccount } from './delete-account';
import { EmailForm } from './email-form';
import { ExportData } from './export-data';
import { PasswordForm } from './password-form';
import { ProfileForm } from './profile-form';
import { Sessions } from './sessions';
import { SignOutButton } from './sign-out-button';
import { UnverifiedNotice } from './unverified-notice';

@Component({
  selector: 'shop-account-page',
  imports: [
    DeleteAccount,
    EmailForm,
    ExportData,
    PasswordForm,
    Pending,
    ProfileForm,
    RouterLink,
    Sessions,
    SignOutButton,
    UnverifiedNotice,
  ],
  templateUrl: './account-page.html',
  styleUrl: '../../../shared/styles/account.css',
  encapsulation: ViewEncapsulation.None,
})
export class AccountPage {
  protected readonly t = inject(I18n).t;
  private readonly session = inject(Session);
  protected readonly user = query(getMe, () => ({}));
  protected readonly name = computed(() => this.user.value()?.name || this.session.name());

  constructor() {
    pageTitle(() => this.t('account.title'));
  }

  protected show(saved: User): void {
    this.user.update(() => saved);
  }
}
