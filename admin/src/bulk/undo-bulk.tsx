import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api/client';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { type BulkJob, bulkPath, undoBulk } from './bulk-job';

/** Undoes a bulk change while that is possible; otherwise renders nothing. */
export function UndoBulk({ id }: { id: number }) {
  const i18n = useI18n();
  const { t, time } = i18n;
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const path = bulkPath(id);
  const { data: job } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<BulkJob>(path, signal),
  });
  const until = job?.undo_until;
  if (!until || new Date(until) < new Date()) return null;
  const undo = async () => {
    await undoBulk(id, i18n);
    await queries.invalidateQueries();
  };
  return (
    <>
      <Button kind="quiet" icon="undo" onClick={() => setOpen(true)}>
        {t('undo')}
      </Button>
      {isOpen && (
        <Confirm
          title={t('bulk.undoTitle', { count: job.count })}
          action={t('bulk.undoNow')}
          run={undo}
          onClose={() => setOpen(false)}
        >
          <p>{t('bulk.undoWhy', { time: time(until) })}</p>
        </Confirm>
      )}
    </>
  );
}
