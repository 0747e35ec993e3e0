import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../api/client';
import type { Row, User } from '../api/types';
import { FormFooter } from '../forms/form-footer';
import { RecordGate } from '../forms/record-gate';
import { type Loaded, useRecord } from '../forms/use-record';
import { useRecordForm } from '../forms/use-record-form';
import { type I18n, useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { CheckField, InputField, SelectField, TextAreaField } from '../ui/field';
import { Notice } from '../ui/notice';
import { UserActions } from './user-actions';
import { UserState } from './user-state';

export default function UserScreen() {
  const { id } = useParams();
  const { t } = useI18n();
  const query = useRecord<User>(`/users/${id}`);
  return (
    <RecordGate query={query} title={t('users.one')} back={{ to: '/users', label: t('nav.users') }}>
      {(loaded) => <UserSheet key={id} loaded={loaded} />}
    </RecordGate>
  );
}

interface UserValues {
  username: string;
  email: string;
  name: string;
  phone: string;
  birth_date: string;
  gender: string;
  language: string;
  role: string;
  shipping_address: string;
  billing_address: string;
  newsletter_subscription: boolean;
}

function userValues(user: User): UserValues {
  return {
    username: user.username,
    email: user.email,
    name: user.name,
    phone: user.phone ?? '',
    birth_date: user.birth_date ?? '',
    gender: user.gender ?? '',
    language: user.language,
    role: user.role,
    shipping_address: user.shipping_address ?? '',
    billing_address: user.billing_address ?? '',
    newsletter_subscription: user.newsletter_subscription,
  };
}

const NULLABLE = ['phone', 'birth_date', 'gender', 'shipping_address', 'billing_address'];

/** An emptied optional field is sent as null. */
function userBody(changes: Partial<UserValues>): object {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [
      name,
      value === '' && NULLABLE.includes(name) ? null : value,
    ]),
  );
}

function userLabels({ t }: I18n): Record<keyof UserValues, string> {
  return {
    username: t('users.username'),
    email: t('users.email'),
    name: t('users.name'),
    phone: t('users.phone'),
    birth_date: t('users.birthDate'),
    gender: t('users.gender'),
    language: t('users.language'),
    role: t('users.role'),
    shipping_address: t('orders.shippingAddress'),
    billing_address: t('orders.billingAddress'),
    newsletter_subscription: t('users.newsletter'),
  };
}

function UserSheet({ loaded }: { loaded: Loaded<User> }) {
  const { t } = useI18n();
  const user = loaded.body;
  const account = useQuery({
    queryKey: [`/admin/users/${user.id}`],
    queryFn: ({ signal }) => get<Row>(`/admin/users/${user.id}`, signal),
  });
  const isDisabled = Boolean(account.data?.disabled_at);
  return (
    <Screen
      title={user.name || user.username}
      back={{ to: '/users', label: t('nav.users') }}
      badge={<UserState role={user.role} isDisabled={isDisabled} />}
    >
      <div className="split">
        <UserForm loaded={loaded} />
        <aside className="stack">
          <UserFacts user={user} />
          <UserActions user={user} etag={loaded.etag} isDisabled={isDisabled} />
          <UserLinks id={user.id} />
        </aside>
      </div>
    </Screen>
  );
}

function UserForm({ loaded }: { loaded: Loaded<User> }) {
  const i18n = useI18n();
  const { t } = i18n;
  const labels = userLabels(i18n);
  const { form, submit, isSaving, problem, dialogs } = useRecordForm({
    path: `/users/${loaded.body.id}`,
    loaded,
    toValues: userValues,
    toBody: userBody,
    labels,
  });
  const { register, formState } = form;
  const { errors, isDirty } = formState;
  const required = (value: string) => value.trim() !== '' || t('form.required');
  return (
    <>
      <form className="card form" onSubmit={submit} noValidate>
        {problem && <Notice kind="error">{problem}</Notice>}
        <div className="columns">
          <InputField
            label={labels.username}
            maxLength={150}
            autoComplete="off"
            error={errors.username?.message}
            required
            {...register('username', { validate: required })}
          />
          <InputField
            label={labels.email}
            type="email"
            autoComplete="off"
            error={errors.email?.message}
            required
            {...register('email', { validate: required })}
          />
          <InputField
            label={labels.name}
            maxLength={150}
            autoComplete="off"
            error={errors.name?.message}
            {...register('name')}
          />
          <InputField
            label={labels.phone}
            type="tel"
            autoComplete="off"
            error={errors.phone?.message}
            {...register('phone')}
          />
          <InputField
            label={labels.birth_date}
            type="date"
            error={errors.birth_date?.message}
            {...register('birth_date')}
          />
          <SelectField label={labels.gender} error={errors.gender?.message} {...register('gender')}>
            <option value="">{t('users.notSaid')}</option>
            <option value="female">{t('gender.female')}</option>
            <option value="male">{t('gender.male')}</option>
            <option value="other">{t('gender.other')}</option>
          </SelectField>
          <SelectField label={labels.language} error={errors.language?.message} {...register('language')}>
            <option value="en">{t('language.en')}</option>
            <option value="fr">{t('language.fr')}</option>
          </SelectField>
          <SelectField label={labels.role} error={errors.role?.message} {...register('role')}>
            <option value="customer">{t('role.customer')}</option>
            <option value="admin">{t('role.admin')}</option>
          </SelectField>
        </div>
        <TextAreaField
          label={labels.shipping_address}
          rows={3}
          maxLength={500}
          error={errors.shipping_address?.message}
          {...register('shipping_address')}
        />
        <TextAreaField
          label={labels.billing_address}
          rows={3}
          maxLength={500}
          error={errors.billing_address?.message}
          {...register('billing_address')}
        />
        <CheckField label={labels.newsletter_subscription} {...register('newsletter_subscription')} />
        <FormFooter onReset={() => form.reset()} canReset={isDirty} isSaving={isSaving} />
      </form>
      {dialogs}
    </>
  );
}

function UserFacts({ user }: { user: User }) {
  const { t, time } = useI18n();
  return (
    <section className="card">
      <h2>{t('record')}</h2>
      <dl className="facts">
        <dt>{t('field.id')}</dt>
        <dd>{user.id}</dd>
        <dt>{t('users.verified')}</dt>
        <dd>{t(user.email_verified ? 'yes' : 'no')}</dd>
        <dt>{t('users.since')}</dt>
        <dd>{time(user.created_at)}</dd>
        <dt>{t('field.updated_at')}</dt>
        <dd>{time(user.updated_at)}</dd>
      </dl>
    </section>
  );
}

const BEHIND = [
  'orders',
  'models/mails',
  'models/sessions',
  'models/cart_items',
  'models/favorites',
] as const;

/** The user's rows in other lists. */
function UserLinks({ id }: { id: number }) {
  const { t } = useI18n();
  return (
    <nav className="card" aria-label={t('users.behind')}>
      <h2>{t('users.behind')}</h2>
      <ul className="links">
        {BEHIND.map((list) => (
          <li key={list}>
            <Link to={`/${list}?user_id=${id}`}>{t(`users.behind.${list}`)}</Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
