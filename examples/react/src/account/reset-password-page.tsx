import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { checkPasswordResetOptions } from '../api/generated/@tanstack/react-query.gen';
import { resetPassword } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { InvalidLink, isInvalidLink } from './invalid-link';
import { useLinkDone } from './link-done';
import { NewPasswordField } from './new-password-field';
import '../../../shared/styles/account.css';

/** The page of a mail's link when the API's `FRONTEND_URL` is this shop. */
export default function ResetPasswordPage() {
  const { t } = useText();
  const { uid: uidb64 = '', token = '' } = useParams();
  const path = { uidb64, token };
  const [isDone, setDone] = useLinkDone();
  const link = useQuery({ ...checkPasswordResetOptions({ path }), staleTime: Infinity, enabled: !isDone });
  const reset = useMutation({
    mutationFn: (new_password: string) => resetPassword({ path, body: { new_password } }),
    onSuccess: setDone,
  });
  usePageTitle(t('forgot.title'));
  return (
    <div className="narrow">
      <h1>{t('forgot.title')}</h1>
      {isDone ? (
        <>
          <p className="notice notice-good" role="status">
            {t('account.password.done')}
          </p>
          <Link to="/sign-in" className="button button-primary button-wide">
            {t('signIn.submit')}
          </Link>
        </>
      ) : isInvalidLink(link.error) ? (
        <InvalidLink next="/forgot-password" text="forgot.submit" />
      ) : (
        <QueryView query={link}>
          {() => (
            <Form
              busy={reset.isPending}
              error={reset.error}
              onSubmit={({ new_password = '' }) => reset.mutate(new_password)}
            >
              <NewPasswordField name="new_password" label={t('field.newPassword')} />
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
