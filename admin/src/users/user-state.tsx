import type { User } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';

export function UserState({ role, isDisabled }: { role: User['role']; isDisabled: boolean }) {
  const { t } = useI18n();
  return (
    <>
      <Badge kind={role === 'admin' ? 'good' : 'plain'}>{t(`role.${role}`)}</Badge>
      {isDisabled && <Badge kind="bad">{t('users.isDisabled')}</Badge>}
    </>
  );
}
