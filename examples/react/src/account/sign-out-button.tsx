import { useMutation } from '@tanstack/react-query';
import { signOut } from '../api/generated/sdk.gen';
import { leaveSession } from '../api/session';
import { useText } from '../i18n/language';

/** How long to wait for the API; this browser deletes the session in any case. */
const PATIENCE_MS = 3000;

export function SignOutButton() {
  const { t } = useText();
  const leave = useMutation({
    mutationFn: () => signOut({ signal: AbortSignal.timeout(PATIENCE_MS) }),
    onSettled: leaveSession,
  });
  return (
    <button
      type="button"
      className="button"
      aria-busy={leave.isPending}
      onClick={() => !leave.isPending && leave.mutate()}
    >
      {t('nav.signOut')}
    </button>
  );
}
