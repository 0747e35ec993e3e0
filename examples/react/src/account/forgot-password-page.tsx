import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { requestPasswordReset } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import '../../../shared/styles/account.css';

/** Requests the mail, whose link opens a page for the new password: the API's, or this shop's with `FRONTEND_URL`. */
export default function ForgotPasswordPage() {
  const { t } = useText();
  usePageTitle(t('forgot.title'));
  const request = useMutation({ mutationFn: (email: string) => requestPasswordReset({ body: { email } }) });
  return (
    <div className="narrow">
      <h1>{t('forgot.title')}</h1>
      {request.isSuccess ? (
        <p className="notice notice-good" role="status">
          {t('forgot.sent', { email: request.variables })}
        </p>
      ) : (
        <>
          <p>{t('forgot.text')}</p>
          <Form
            busy={request.isPending}
            error={request.error}
            onSubmit={({ email = '' }) => request.mutate(email)}
          >
            <Field name="email" label={t('field.email')} type="email" autoComplete="email" required />
            <button type="submit" className="button button-primary button-wide" aria-busy={request.isPending}>
              {t('forgot.submit')}
            </button>
          </Form>
        </>
      )}
      <p>
        <Link to="/sign-in">{t('forgot.back')}</Link>
      </p>
    </div>
  );
}
