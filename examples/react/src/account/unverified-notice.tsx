import { useMutation } from '@tanstack/react-query';
import { resendVerification } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { useErrorText } from '../ui/error-text';

export function UnverifiedNotice({ email }: { email: string }) {
  const { t } = useText();
  const errorText = useErrorText();
  const resend = useMutation({ mutationFn: () => resendVerification({ body: { email } }) });
  return (
    <div className="notice notice-warning" role="status">
      <p>{resend.isSuccess ? t('account.resent') : t('account.unverified')}</p>
      {resend.isError && <p>{errorText(resend.error)}</p>}
      {!resend.isSuccess && (
        <button
          type="button"
          className="button button-small"
          onClick={() => !resend.isPending && resend.mutate()}
        >
          {t('account.resend')}
        </button>
      )}
    </div>
  );
}
