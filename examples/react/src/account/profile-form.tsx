import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getUserQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { updateUser } from '../api/generated/sdk.gen';
import type { UpdateUser, User } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { useAnnounce } from '../ui/announcer';
import { Field, Form } from '../ui/form';

export function ProfileForm({ user }: { user: User }) {
  const { t } = useText();
  const announce = useAnnounce();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: async (body: UpdateUser) => (await updateUser({ path: { id: user.id }, body })).data,
    onSuccess: (saved) => {
      queryClient.setQueryData(getUserQueryKey({ path: { id: user.id } }), saved);
      announce(t('account.saved'));
    },
  });

  return (
    <Form
      busy={save.isPending}
      error={save.error}
      onSubmit={(values) => save.mutate(changesOf(user, values))}
    >
      <Field
        name="name"
        label={t('field.name')}
        autoComplete="name"
        defaultValue={user.name}
        maxLength={150}
      />
      <Field
        name="phone"
        label={t('field.phone')}
        type="tel"
        autoComplete="tel"
        defaultValue={user.phone ?? ''}
      />
      <Field
        name="birth_date"
        label={t('field.birthDate')}
        type="date"
        autoComplete="bday"
        defaultValue={user.birth_date ?? ''}
      />
      <Field
        name="shipping_address"
        label={t('checkout.shipping')}
        autoComplete="shipping street-address"
        defaultValue={user.shipping_address ?? ''}
        maxLength={500}
        rows={3}
      />
      <Field
        name="billing_address"
        label={t('checkout.billing')}
        autoComplete="billing street-address"
        defaultValue={user.billing_address ?? ''}
        maxLength={500}
        rows={3}
      />
      <div className="field">
        <label htmlFor="profile-language">{t('field.language')}</label>
        <select id="profile-language" name="language" defaultValue={user.language}>
          <option value="en">{t('language.en')}</option>
          <option value="fr">{t('language.fr')}</option>
        </select>
      </div>
      <label className="check">
        <input name="newsletter_subscription" type="checkbox" defaultChecked={user.newsletter_subscription} />
        {t('field.newsletter')}
      </label>
      <label className="check">
        <input name="favorite_mails" type="checkbox" defaultChecked={user.favorite_mails} />
        {t('field.favoriteMails')}
      </label>
      <button type="submit" className="button button-primary" aria-busy={save.isPending}>
        {t('account.save')}
      </button>
    </Form>
  );
}

/** Changed fields only, so that changes made elsewhere meanwhile stay. An emptied field is null. */
function changesOf(user: User, values: Record<string, string>): UpdateUser {
  const { name = '', phone, birth_date, shipping_address, billing_address, language } = values;
  const filled: UpdateUser = {
    name,
    phone: phone || null,
    birth_date: birth_date || null,
    shipping_address: shipping_address || null,
    billing_address: billing_address || null,
    language: language as User['language'],
    newsletter_subscription: 'newsletter_subscription' in values,
    favorite_mails: 'favorite_mails' in values,
  };
  const changed = Object.entries(filled).filter(([key, value]) => value !== user[key as keyof User]);
  return Object.fromEntries(changed);
}
