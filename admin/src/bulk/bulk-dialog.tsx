import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { get, request } from '../api/client';
import { type I18n, type MessageKey, useI18n } from '../i18n/translate';
import type { Selection } from '../lists/list-types';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { say } from '../ui/toasts';

export type BulkAction = { kind: string } & Record<string, unknown>;

interface Preview {
  token: string;
  count: number;
  /** Rows that are so already. */
  unchanged: number;
  sample: { id: number; name: string; before: string | null; after: string | null }[];
}

interface BulkJob {
  id: number;
  status: 'queued' | 'running' | 'done' | 'failed' | 'undoing' | 'undone';
  done: number;
  count: number;
  error: string | null;
  undo_until: string | null;
  /** Rows that its undoing left as they are. */
  changed_since: number[];
}

interface BulkDialogProps {
  title: string;
  model: 'products' | 'orders';
  selection: Selection;
  /** The fields of the action; without any, the preview is asked for at once. */
  fields?: ReactNode;
  /** @returns undefined when a field is missing or wrong */
  toAction: (form: FormData) => BulkAction | undefined;
  /** A value of the preview, as a person reads it. */
  shown?: (value: string) => string;
  onDone: () => void;
  onClose: () => void;
}

const POLL_MS = 400;
const RUNNING: ReadonlySet<BulkJob['status']> = new Set(['queued', 'running', 'undoing']);

/** Says first how many rows change, and the first ten of them; only what was shown is then run, as one job. */
export function BulkDialog({
  title,
  model,
  selection,
  fields,
  toAction,
  shown = (value) => value,
  onDone,
  onClose,
}: BulkDialogProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [preview, setPreview] = useState<Preview>();
  const [job, setJob] = useState<BulkJob>();
  const [problem, setProblem] = useState('');
  const [isAsking, setAsking] = useState(false);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);

  const ask = async (form: FormData) => {
    const action = toAction(form);
    if (!action) return setProblem(t('bulk.fieldMissing'));
    setProblem('');
    setAsking(true);
    try {
      const body = { model, ...selection, action };
      setPreview((await request<Preview>('/admin/bulk/preview', { method: 'POST', body })).body);
    } catch (error) {
      setProblem(problemText(error, i18n));
    }
    setAsking(false);
    return undefined;
  };
  const asksAtOnce = !fields;
  useEffect(() => {
    if (asksAtOnce) void ask(new FormData());
    // once, when the dialog opens
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const run = async () => {
    setProblem('');
    try {
      const started = (
        await request<BulkJob>('/admin/bulk', { method: 'POST', body: { token: preview!.token } })
      ).body;
      setJob(started);
      const ended = await untilEnded(started, (state) => isOpen.current && setJob(state));
      await queries.invalidateQueries();
      if (ended.status === 'failed') {
        setJob(undefined);
        setProblem(ended.error || t('bulk.failed'));
        return;
      }
      say(t('bulk.done', { count: ended.count }), {
        action: ended.undo_until
          ? { label: t('undo'), run: () => undo(ended, i18n, () => queries.invalidateQueries()) }
          : undefined,
      });
      onDone();
      onClose();
    } catch (error) {
      setJob(undefined);
      setProblem(problemText(error, i18n));
    }
  };

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (preview) void run();
    else void ask(new FormData(event.currentTarget));
  };

  return (
    <Dialog title={title} onClose={onClose} wide>
      <form onSubmit={submit} onChange={() => setPreview(undefined)}>
        <div className="dialog-body">
          {fields && <fieldset disabled={Boolean(job)}>{fields}</fieldset>}
          {preview && <PreviewTable preview={preview} shown={shown} />}
          {isAsking && <p role="status">{t('loading')}</p>}
          {job && (
            <p role="status" className="bulk-progress">
              <progress max={job.count} value={job.done} aria-label={title} />{' '}
              {t('bulk.progress', { done: job.done, count: job.count })}
            </p>
          )}
          {problem && <Notice kind="error">{problem}</Notice>}
        </div>
        <footer className="dialog-footer">
          <Button onClick={onClose}>{job ? t('close') : t('cancel')}</Button>
          <Button
            type="submit"
            kind="primary"
            busy={Boolean(job) || isAsking}
            disabled={preview?.count === 0}
          >
            {preview ? t('bulk.run', { count: preview.count }) : t('bulk.preview')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface PreviewTableProps {
  preview: Preview;
  shown: (value: string) => string;
}

function PreviewTable({ preview: { count, unchanged, sample }, shown }: PreviewTableProps) {
  const { t } = useI18n();
  return (
    <section aria-label={t('bulk.preview')}>
      <p role="status">
        <strong>{t('bulk.count', { count })}</strong>{' '}
        {count > sample.length && t('bulk.first', { count: sample.length })}{' '}
        {unchanged > 0 && t('bulk.unchanged', { count: unchanged })}
      </p>
      {sample.length > 0 && (
        <div className="table-frame">
          <table className="table table-fixed">
            <thead>
              <tr>
                <th scope="col">{t('products.name')}</th>
                <th scope="col">{t('bulk.before')}</th>
                <th scope="col">{t('bulk.after')}</th>
              </tr>
            </thead>
            <tbody>
              {sample.map(({ id, name, before, after }) => (
                <tr key={id}>
                  <td>{name}</td>
                  <td>{before === null ? '–' : shown(before)}</td>
                  <td>
                    <strong>{after === null ? '–' : shown(after)}</strong>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

async function untilEnded(job: BulkJob, tell: (job: BulkJob) => void): Promise<BulkJob> {
  let state = job;
  while (RUNNING.has(state.status)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    state = await get<BulkJob>(`/admin/bulk/changes/${job.id}`);
    tell(state);
  }
  return state;
}

async function undo({ id }: Pick<BulkJob, 'id'>, i18n: I18n, refresh: () => Promise<void>): Promise<void> {
  const { t } = i18n;
  try {
    const { body } = await request<BulkJob>(`/admin/bulk/changes/${id}/undo`, { method: 'POST', body: {} });
    const ended = await untilEnded(body, () => {});
    const skipped = ended.changed_since.length;
    say(skipped > 0 ? t('bulk.undoneBut', { count: skipped }) : t('bulk.undone', { count: ended.count }));
    await refresh();
  } catch (error) {
    say(problemText(error, i18n), { kind: 'failed' });
  }
}

/** The texts of a bulk action's button and title. */
export type BulkKey = Extract<MessageKey, `bulk.do.${string}`>;
