import { useEffect, useRef, useState } from 'react';
import { stream } from '../api/client';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { saveFile } from '../ui/save-file';

interface ExportProps {
  path: string;
  /** The first part of the file's name; the second is the date. */
  name: string;
  /** Filters and order of the list. */
  params: URLSearchParams;
  count: string;
}

export function ExportButton(props: ExportProps) {
  const { t } = useI18n();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon="download" onClick={() => setOpen(true)}>
        {t('export.button')}
      </Button>
      {isOpen && <ExportDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ExportDialog({ path, name, params, count, onClose }: ExportProps & { onClose: () => void }) {
  const i18n = useI18n();
  const { t, language } = i18n;
  const [dialect, setDialect] = useState(language === 'fr' ? 'excel-fr' : '');
  const [lines, setLines] = useState<number>();
  const [total, setTotal] = useState<number>();
  const [outcome, setOutcome] = useState('');
  const [problem, setProblem] = useState('');
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async () => {
    abort.current = new AbortController();
    setProblem('');
    setOutcome('');
    setLines(0);
    const query = new URLSearchParams(params);
    if (dialect) query.set('dialect', dialect);
    try {
      const response = await stream(`${path}?${query}`, abort.current.signal);
      setTotal(Number(response.headers.get('x-total-count')) || undefined);
      const { file, rows } = await readLines(response, setLines);
      saveFile(file, `${name}-${new Date().toISOString().slice(0, 10)}.csv`);
      setOutcome(t('export.done', { count: rows }));
    } catch (error) {
      if (!abort.current.signal.aborted) setProblem(problemText(error, i18n));
    }
    setLines(undefined);
  };

  return (
    <Dialog title={t('export.title')} onClose={onClose}>
      <div className="dialog-body">
        <p>{t('export.what', { total: count })}</p>
        <fieldset className="choices">
          <legend>{t('export.dialect')}</legend>
          {['', 'excel-fr'].map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="dialect"
                checked={dialect === each}
                onChange={() => setDialect(each)}
              />
              {t(each ? 'export.excelFr' : 'export.standard')}
            </label>
          ))}
        </fieldset>
        {problem && <Notice kind="error">{problem}</Notice>}
        <p role="status">
          {lines !== undefined && (
            <>
              <progress aria-label={t('export.title')} max={total} value={total && lines} />{' '}
              {t('export.progress', { count: lines })}
            </>
          )}
          {outcome}
        </p>
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>{outcome ? t('close') : t('cancel')}</Button>
        <Button kind="primary" icon="download" busy={lines !== undefined} onClick={start}>
          {t('export.start')}
        </Button>
      </footer>
    </Dialog>
  );
}

/** Counts rows: line breaks outside of quotes, except for the first one, after the names of the columns. */
async function readLines(
  response: Response,
  onProgress: (lines: number) => void,
): Promise<{ file: Blob; rows: number }> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let breaks = 0;
  let isQuoted = false;
  let toldAt = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    for (const byte of value) {
      if (byte === 0x22) isQuoted = !isQuoted;
      else if (byte === 0x0a && !isQuoted) breaks += 1;
    }
    if (performance.now() - toldAt > 100) {
      toldAt = performance.now();
      onProgress(Math.max(breaks - 1, 0));
    }
  }
  return { file: new Blob(chunks, { type: 'text/csv' }), rows: Math.max(breaks - 1, 0) };
}
