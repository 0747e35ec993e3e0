import { useMutation } from '@tanstack/react-query';
import { Link, Navigate, useLocation } from 'react-router';
import { signIn } from '../api/generated/sdk.gen';
import { useSession, wasSessionLost } from '../api/session';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import { useNextPath } from './next-path';
import { guestCart, startSession } from './start-session';
import '../../../shared/styles/account.css';

export default function SignInPage() {
  const { t } = useText();
  const session = useSession();
  const nextPath = useNextPath();
  const { search } = useLocation();
  usePageTitle(t('signIn.title'));
  const enter = useMutation({
    mutationFn: async ({ username = '', password = '' }: Record<string, string>) =>
      (await signIn({ body: { username, password }, headers: guestCart() })).data,
    onSuccess: startSession,
  });

  if (session) return <Navigate to={nextPath} replace />;
  return (
    <div className="narrow">
      <h1>{t('signIn.title')}</h1>
      {wasSessionLost() && <p className="notice notice-warning">{t('signIn.ended')}</p>}
      <Form busy={enter.isPending} error={enter.error} onSubmit={(values) => enter.mutate(values)}>
        <Field name="username" label={t('field.login')} autoComplete="username" required />
        <Field
          name="password"
          label={t('field.password')}
          type="password"
          autoComplete="current-password"
          required
        />
        <button type="submit" className="button button-primary button-wide" aria-busy={enter.isPending}>
          {t('signIn.submit')}
        </button>
      </Form>
      <p>
        <Link to="/forgot-password">{t('signIn.forgot')}</Link>
      </p>
      <p>
        {t('signIn.noAccount')} <Link to={`/register${search}`}>{t('signIn.register')}</Link>
      </p>
    </div>
  );
}
