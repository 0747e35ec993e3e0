import { useMutation } from '@tanstack/react-query';
import { Link, Navigate, useLocation } from 'react-router';
import { register } from '../api/generated/sdk.gen';
import { useSession } from '../api/session';
import { useLanguage, useText } from '../i18n/language';
import { Field, Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import { NewPasswordField } from './new-password-field';
import { useNextPath } from './next-path';
import { guestCart, startSession } from './start-session';
import '../../../shared/styles/account.css';

export default function RegisterPage() {
  const { t } = useText();
  const language = useLanguage();
  const session = useSession();
  const nextPath = useNextPath();
  const { search } = useLocation();
  usePageTitle(t('register.title'));
  const create = useMutation({
    mutationFn: async ({ name, username = '', email = '', password = '' }: Record<string, string>) =>
      (await register({ body: { name, username, email, password, language }, headers: guestCart() })).data,
    onSuccess: startSession,
  });

  if (session) return <Navigate to={nextPath} replace />;
  return (
    <div className="narrow">
      <h1>{t('register.title')}</h1>
      <Form busy={create.isPending} error={create.error} onSubmit={(values) => create.mutate(values)}>
        <Field name="name" label={t('field.name')} autoComplete="name" maxLength={150} />
        <Field name="username" label={t('field.username')} autoComplete="username" maxLength={150} required />
        <Field
          name="email"
          label={t('field.email')}
          type="email"
          autoComplete="email"
          maxLength={254}
          required
        />
        <NewPasswordField name="password" label={t('field.password')} />
        <button type="submit" className="button button-primary button-wide" aria-busy={create.isPending}>
          {t('register.submit')}
        </button>
      </Form>
      <p>
        {t('register.known')} <Link to={`/sign-in${search}`}>{t('signIn.submit')}</Link>
      </p>
    </div>
  );
}
