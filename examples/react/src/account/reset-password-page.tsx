import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { ApiError } from '../api/api-error';
import { checkPasswordResetOptions } from '../api/generated/@tanstack/react-query.gen';
import { resetPassword } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { useErrorText } from '../ui/error-text';
import { Field, Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import '../../../shared/styles/account.css';

/** Where the link of the mail leads, when the API's `FRONTEND_URL` is this shop. */
export default function ResetPasswordPage() {
  const { t } = useText();
  const { uid: uidb64 = '', token = '' } = useParams();
  const path = { uidb64, token };
  const errorText = useErrorText();
  const link = useQuery({ ...checkPasswordResetOptions({ path }), staleTime: Infinity });
  const reset = useMutation({
    mutationFn: (new_password: string) => resetPassword({ path, body: { new_password } }),
  });
  usePageTitle(t('forgot.title'));
  return (
    <div className="narrow">
      <h1>{t('forgot.title')}</h1>
      {reset.isSuccess ? (
        <>
          <p className="notice notice-good" role="status">
            {t('account.password.done')}
          </p>
          <Link to="/sign-in" className="button button-primary button-wide">
            {t('signIn.submit')}
          </Link>
        </>
      ) : isInvalid(link.error) ? (
        <>
          <p className="notice notice-bad" role="alert">
            {errorText(link.error)}
          </p>
          <Link to="/forgot-password" className="button button-wide">
            {t('forgot.submit')}
          </Link>
        </>
      ) : (
        <QueryView query={link}>
          {() => (
            <Form
              busy={reset.isPending}
              error={reset.error}
              onSubmit={({ new_password = '' }) => reset.mutate(new_password)}
            >
              <Field
                name="new_password"
                label={t('field.newPassword')}
                type="password"
                hint={t('field.password.hint')}
                autoComplete="new-password"
                minLength={8}
                maxLength={128}
                required
              />
              <button type="submit" className="button button-primary button-wide" aria-busy={reset.isPending}>
                {t('account.password.submit')}
              </button>
            </Form>
          )}
        </QueryView>
      )}
    </div>
  );
}

function isInvalid(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'link_invalid';
}
