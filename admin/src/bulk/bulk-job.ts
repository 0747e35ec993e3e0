import { get, request } from '../api/client';
import type { I18n } from '../i18n/translate';
import { notify } from '../ui/toasts';

export interface BulkJob {
  id: number;
  status: 'queued' | 'running' | 'done' | 'failed' | 'undoing' | 'undone';
  done: number;
  count: number;
  error: string | null;
  /** Null where it cannot be undone. */
  undo_until: string | null;
  /** Rows that its undo did not change. */
  changed_since: number[];
}

const POLL_MS = 400;
const RUNNING: ReadonlySet<BulkJob['status']> = new Set(['queued', 'running', 'undoing']);

export const bulkPath = (id: number | string) => `/admin/bulk/changes/${id}`;

export async function untilEnded(job: BulkJob, onProgress: (job: BulkJob) => void): Promise<BulkJob> {
  let state = job;
  while (RUNNING.has(state.status)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    state = await get<BulkJob>(bulkPath(job.id));
    onProgress(state);
  }
  return state;
}

/** Waits until the undo is done, and notifies. @throws ApiError when it fails */
export async function undoBulk(id: number, { t }: I18n): Promise<void> {
  const { body } = await request<BulkJob>(`${bulkPath(id)}/undo`, { method: 'POST', body: {} });
  const ended = await untilEnded(body, () => {});
  const skipped = ended.changed_since.length;
  notify(skipped > 0 ? t('bulk.undoneBut', { count: skipped }) : t('bulk.undone', { count: ended.count }));
}
