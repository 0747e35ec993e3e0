import type { User } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';

export function UserState({ user }: { user: Pick<User, 'role' | 'disabled_at'> }) {
  const { t } = useI18n();
  return (
    <>
      <Badge kind={user.role === 'admin' ? 'good' : 'plain'}>{t(`role.${user.role}`)}</Badge>
      {user.disabled_at && <Badge kind="bad">{t('users.isDisabled')}</Badge>}
    </>
  );
}
