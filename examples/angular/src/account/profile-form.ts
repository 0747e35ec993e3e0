import { Component, inject, input, type OnInit, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { action } from '../api/action';
import { Api } from '../api/generated/api';
import { updateMe } from '../api/generated/functions';
import type { UpdateUser, User } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { Announcer } from '../ui/announcer';
import { Field } from '../ui/field';
import { FormError } from '../ui/form-error';
import { FormFailure } from '../ui/form-failure';

@Component({
  selector: 'shop-profile-form',
  imports: [Field, FormError, FormFailure, ReactiveFormsModule],
  templateUrl: './profile-form.html',
})
export class ProfileForm implements OnInit {
  readonly user = input.required<User>();
  readonly saved = output<User>();
  protected readonly t = inject(I18n).t;
  private readonly api = inject(Api);
  private readonly announcer = inject(Announcer);
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: '',
    phone: '',
    birth_date: '',
    shipping_address: '',
    billing_address: '',
    language: 'en' as User['language'],
    newsletter_subscription: false,
    favorite_mails: false,
  });

  protected readonly save = action(async () => {
    this.saved.emit(await this.api.invoke(updateMe, { body: this.changes() }));
    this.announcer.announce({ text: this.t('account.saved') });
  });

  ngOnInit(): void {
    const { phone, birth_date, shipping_address, billing_address, ...user } = this.user();
    this.form.patchValue({
      ...user,
      phone: phone ?? '',
      birth_date: birth_date ?? '',
      shipping_address: shipping_address ?? '',
      billing_address: billing_address ?? '',
    });
  }

  /** Changed fields only, so that changes made elsewhere meanwhile stay. An emptied field is null. */
  private changes(): UpdateUser {
    const { name, phone, birth_date, shipping_address, billing_address, ...choices } =
      this.form.getRawValue();
    const filled: UpdateUser = {
      ...choices,
      name,
      phone: phone || null,
      birth_date: birth_date || null,
      shipping_address: shipping_address || null,
      billing_address: billing_address || null,
    };
    const user = this.user();
    return Object.fromEntries(
      Object.entries(filled).filter(([field, value]) => value !== user[field as keyof User]),
    );
  }
}
