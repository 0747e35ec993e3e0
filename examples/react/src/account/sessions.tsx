import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { listSessionsOptions, listSessionsQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { endOtherSessions, endSession } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { useErrorText } from '../ui/error-text';
import { QueryView } from '../ui/query-view';

export function Sessions() {
  const { t, moment } = useText();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const sessions = useQuery(listSessionsOptions());
  const end = useMutation({
    mutationFn: (id: string | 'others') =>
      id === 'others' ? endOtherSessions() : endSession({ path: { id } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: listSessionsQueryKey() }),
  });
  return (
    <>
      <p className="muted">{t('account.sessions.text')}</p>
      <QueryView query={sessions}>
        {({ results }) => (
          <>
            <ul className="sessions">
              {results.map(({ id, device, address, last_used_at, current }) => (
                <li key={id}>
                  <div>
                    <strong>{device}</strong>
                    <p className="muted">
                      {address} · {t('account.sessions.used', { date: moment(last_used_at) })}
                    </p>
                  </div>
                  {current ? (
                    <span className="badge">{t('account.sessions.this')}</span>
                  ) : (
                    <button
                      type="button"
                      className="button button-small"
                      aria-label={t('account.sessions.end.name', { device })}
                      onClick={() => end.mutate(id)}
                    >
                      {t('account.sessions.end')}
                    </button>
                  )}
                </li>
              ))}
            </ul>
            {results.length > 1 && (
              <button type="button" className="button" onClick={() => end.mutate('others')}>
                {t('account.sessions.endOthers')}
              </button>
            )}
          </>
        )}
      </QueryView>
      {end.isError && (
        <p className="notice notice-bad" role="alert">
          {errorText(end.error)}
        </p>
      )}
    </>
  );
}
