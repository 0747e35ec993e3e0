import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { get, request } from '../api/client';
import { useSession } from '../api/session';
import type { User } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { problemText } from '../ui/problem-text';
import { saveFile } from '../ui/save-file';
import { notify } from '../ui/toasts';

type Action = 'disable' | 'enable' | 'end-sessions' | 'send-reset' | 'erase';

/** Actions on an account other than editing its fields; not available for the signed-in account. */
export function UserActions({
  user,
  etag,
  isDisabled,
}: {
  user: User;
  etag: string | undefined;
  isDisabled: boolean;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const session = useSession();
  const [chosen, setChosen] = useState<Action>();
  const isSelf = session.status !== 'signed-out' && session.user.id === user.id;

  const run = async (action: Action) => {
    if (action === 'erase') await request(`/users/${user.id}`, { method: 'DELETE', ifMatch: etag });
    else await request(`/admin/users/${user.id}/${action}`, { method: 'POST', body: {} });
    notify(t(`users.did.${action}`, { name: user.username }));
    if (action === 'erase') setTimeout(() => navigate('/users'));
    else await queries.invalidateQueries();
  };
  const exportAll = async () => {
    try {
      const account = await get<object>(`/admin/users/${user.id}/export`);
      saveFile(
        new Blob([JSON.stringify(account, null, 2)], { type: 'application/json' }),
        `${user.username}.json`,
      );
    } catch (error) {
      notify(problemText(error, i18n), { kind: 'failed' });
    }
  };

  const actions: Action[] = [isDisabled ? 'enable' : 'disable', 'end-sessions', 'send-reset', 'erase'];
  return (
    <section className="card">
      <h2>{t('users.account')}</h2>
      <div className="actions actions-stacked">
        <Button icon="download" onClick={exportAll}>
          {t('users.export')}
        </Button>
        {!isSelf &&
          actions.map((action) => (
            <Button
              key={action}
              kind={action === 'erase' ? 'danger' : 'plain'}
              onClick={() => setChosen(action)}
            >
              {t(`users.do.${action}`)}
            </Button>
          ))}
      </div>
      {chosen && (
        <Confirm
          title={t(`users.do.${chosen}`)}
          action={t(`users.do.${chosen}`)}
          danger={chosen === 'erase' || chosen === 'disable'}
          run={() => run(chosen)}
          onClose={() => setChosen(undefined)}
        >
          <p>{t(`users.why.${chosen}`, { name: user.username })}</p>
        </Confirm>
      )}
    </section>
  );
}
