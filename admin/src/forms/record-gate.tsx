import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';

interface RecordGateProps<Data> {
  query: UseQueryResult<Data>;
  title: string;
  back: { to: string; label: string };
  children: (data: Data) => ReactNode;
}

/** Shows that a record is loading, or missing. */
export function RecordGate<Data>({ query, title, back, children }: RecordGateProps<Data>) {
  const i18n = useI18n();
  if (query.data) return children(query.data);
  return (
    <Screen title={title} back={back}>
      {query.isError ? (
        <Notice kind="error">
          <p>{problemText(query.error, i18n)}</p>
          <Button onClick={() => query.refetch()}>{i18n.t('retry')}</Button>
        </Notice>
      ) : (
        <p role="status" className="hint">
          {i18n.t('loading')}
        </p>
      )}
    </Screen>
  );
}
