import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { request } from '../api/client';
import { type MessageKey, useI18n } from '../i18n/translate';
import type { Selection } from '../lists/list-types';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { type BulkJob, undoBulk, untilEnded } from './bulk-job';

export type BulkAction = { kind: string } & Record<string, unknown>;

interface Preview {
  token: string;
  count: number;
  /** Rows that already have the new value. */
  unchanged: number;
  sample: { id: number; name: string; before: string | null; after: string | null }[];
}

interface BulkDialogProps {
  title: string;
  model: 'products' | 'orders';
  selection: Selection;
  /** The fields of the action; without any, the preview is requested at once. */
  fields?: ReactNode;
  /** @returns undefined when a field is missing or invalid */
  toAction: (form: FormData) => BulkAction | undefined;
  /** A value of the preview as text. */
  shown?: (value: string) => string;
  onDone: () => void;
  onClose: () => void;
}

/** Shows how many rows will change, and the first ten of them, and then runs this previewed change as one job. */
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
  const [isLoading, setLoading] = useState(false);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);

  const requestPreview = async (form: FormData) => {
    const action = toAction(form);
    if (!action) return setProblem(t('bulk.fieldMissing'));
    setProblem('');
    setLoading(true);
    try {
      const body = { model, ...selection, action };
      setPreview((await request<Preview>('/admin/bulk/preview', { method: 'POST', body })).body);
    } catch (error) {
      setProblem(problemText(error, i18n));
    }
    setLoading(false);
    return undefined;
  };
  const needsNoInput = !fields;
  useEffect(() => {
    if (needsNoInput) void requestPreview(new FormData());
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
      notify(t('bulk.done', { count: ended.count }), {
        action: ended.undo_until ? { label: t('undo'), run: () => void undoInToast(ended.id) } : undefined,
      });
      onDone();
      onClose();
    } catch (error) {
      setJob(undefined);
      setProblem(problemText(error, i18n));
    }
  };

  const undoInToast = async (id: number) => {
    try {
      await undoBulk(id, i18n);
      await queries.invalidateQueries();
    } catch (error) {
      notify(problemText(error, i18n), { kind: 'failed' });
    }
  };

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (preview) void run();
    else void requestPreview(new FormData(event.currentTarget));
  };

  return (
    <Dialog title={title} onClose={onClose} wide>
      <form onSubmit={submit} onChange={() => setPreview(undefined)}>
        <div className="dialog-body">
          {fields && <fieldset disabled={Boolean(job)}>{fields}</fieldset>}
          {preview && <PreviewTable preview={preview} shown={shown} />}
          {isLoading && <p role="status">{t('loading')}</p>}
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
            busy={Boolean(job) || isLoading}
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

/** The texts of a bulk action's button and title. */
export type BulkKey = Extract<MessageKey, `bulk.do.${string}`>;
