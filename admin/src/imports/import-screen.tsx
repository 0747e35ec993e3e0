import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { get, request } from '../api/client';
import { upload } from '../api/upload';
import { type I18n, type MessageKey, useI18n } from '../i18n/translate';
import { valueLabel } from '../models/model-texts';
import { Screen } from '../shell/screen';
import { Badge } from '../ui/badge';
import { Button, LinkButton } from '../ui/button';
import { CheckField, InputField } from '../ui/field';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';

const OUTCOMES = ['created', 'changed', 'unchanged', 'skipped', 'refused'] as const;

type Outcome = (typeof OUTCOMES)[number];

interface Note {
  code: NoteCode;
  values: Record<string, string>;
}

type NoteCode = MessageKey extends infer Key
  ? Key extends `import.note.${infer Code}`
    ? Code
    : never
  : never;

interface ImportedLine {
  /** 0 is the file as a whole. */
  line: number;
  outcome: Outcome;
  name: string;
  notes: Note[];
}

type Totals = Record<Outcome | 'pictures_left_out', number>;

interface ProductImport {
  id: number;
  status: 'checking' | 'checked' | 'running' | 'done' | 'failed';
  file_name: string;
  /** Per cent. */
  done: number;
  totals: Totals | null;
  report: ImportedLine[];
}

const POLL_MS = 500;
/** Lines of a report that are shown; the API's report has up to 1,000. */
const MOST_LINES = 200;

/** Uploads and checks a file, shows what an import would do, and runs it. The page's address has the import's id. */
export default function ImportScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const [params, setParams] = useSearchParams();
  const id = params.get('id');
  const path = `/admin/imports/${id}`;
  const isUnderWay = (state?: ProductImport) => state?.status === 'checking' || state?.status === 'running';
  const found = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<ProductImport>(path, signal),
    enabled: Boolean(id),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? POLL_MS : false),
  });
  return (
    <Screen title={t('import.title')} back={{ to: '/products', label: t('nav.products') }}>
      {found.isError && <Notice kind="error">{problemText(found.error, i18n)}</Notice>}
      {(!id || found.isError) && (
        <SendFile
          path="/admin/imports/preview"
          label={t('import.file')}
          hint={t('import.fileHint')}
          accept=".csv,.tsv,.txt,.json,text/csv"
          onSent={(sent) => setParams({ id: String(sent.id) })}
        />
      )}
      {id && found.data && <Import key={id} state={found.data} path={path} onAnother={() => setParams({})} />}
    </Screen>
  );
}

interface SendFileProps {
  path: string;
  label: string;
  hint: string;
  accept: string;
  onSent: (state: ProductImport) => void;
}

function SendFile({ path, label, hint, accept, onSent }: SendFileProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const [sending, setSending] = useState<{ name: string; part: number }>();
  const [problem, setProblem] = useState('');

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = form.get('file');
    if (!(file instanceof File) || file.name === '') return setProblem(t('import.fileMissing'));
    setProblem('');
    const showProgress = (part: number) => setSending({ name: file.name, part });
    showProgress(0);
    try {
      onSent(await upload<ProductImport>('POST', path, form, showProgress));
    } catch (error) {
      setProblem(problemText(error, i18n));
    }
    setSending(undefined);
    return undefined;
  };
  return (
    <form className="card form" onSubmit={send} noValidate>
      <InputField
        label={label}
        hint={hint}
        error={problem}
        type="file"
        name="file"
        accept={accept}
        required
      />
      {sending && (
        <Progress label={t('import.sending', { name: sending.name })} done={Math.floor(sending.part * 100)} />
      )}
      <div className="actions">
        <Button type="submit" kind="primary" icon="upload" busy={Boolean(sending)}>
          {t('import.check')}
        </Button>
      </div>
    </form>
  );
}

interface ImportProps {
  state: ProductImport;
  path: string;
  onAnother: () => void;
}

function Import({ state, path, onAnother }: ImportProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const { status, file_name: name, done, totals, report } = state;
  const ofFile = report.find(({ line }) => line === 0);
  const lines = report.filter(({ line }) => line > 0);
  const isHalfDone = ofFile?.notes.some(({ code }) => code === 'written_before');
  useEffect(() => {
    if (status === 'done')
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== path });
  }, [status, path, queries]);
  return (
    <div className="stack">
      <section className="card stack" aria-label={name}>
        <div role="status">
          {status === 'checking' && <Progress label={t('import.checking', { name })} done={done} />}
          {status === 'running' && <Progress label={t('import.running', { name })} done={done} />}
          {status === 'done' && <p>{t('import.done')}</p>}
        </div>
        {status === 'failed' && (
          <Notice kind="error">
            <p>{t(isHalfDone ? 'import.failedHalfWay' : 'import.failed')}</p>
            {ofFile && <p>{notesText(ofFile.notes, i18n)}</p>}
          </Notice>
        )}
        {totals && status !== 'running' && (
          <TotalsList
            totals={totals}
            title={t(status === 'done' || isHalfDone ? 'import.whatWas' : 'import.whatWouldBe')}
          />
        )}
        {status === 'checked' && totals && <Run totals={totals} path={path} />}
        <div className="actions">
          {status === 'done' && <LinkButton to="/products">{t('import.toProducts')}</LinkButton>}
          {status !== 'checking' && status !== 'running' && (
            <Button icon="upload" onClick={onAnother}>
              {t('import.another')}
            </Button>
          )}
        </div>
      </section>
      {status === 'checked' && totals && totals.pictures_left_out > 0 && (
        <SendFile
          path={`${path}/pictures/preview`}
          label={t('import.pictures')}
          hint={t('import.picturesHint')}
          accept=".zip,application/zip"
          onSent={(sent) => queries.setQueryData([path], sent)}
        />
      )}
      {lines.length > 0 && status !== 'running' && <Lines lines={lines} />}
    </div>
  );
}

function Progress({ label, done }: { label: string; done: number }) {
  return (
    <p className="bulk-progress">
      <progress max={100} value={done} aria-label={label} /> {label}
    </p>
  );
}

function TotalsList({ totals, title }: { totals: Totals; title: ReactNode }) {
  const { t } = useI18n();
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {OUTCOMES.filter((outcome) => totals[outcome] > 0).map((outcome) => (
          <li key={outcome}>{t(`import.outcome.${outcome}`, { count: totals[outcome] })}</li>
        ))}
        {totals.pictures_left_out > 0 && (
          <li>{t('import.picturesLeftOut', { count: totals.pictures_left_out })}</li>
        )}
      </ul>
    </>
  );
}

function Run({ totals, path }: { totals: Totals; path: string }) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [leavesOut, setLeavesOut] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState('');
  const count = totals.created + totals.changed;
  if (count === 0) return <p>{t('import.nothing')}</p>;

  const run = async () => {
    setStarting(true);
    try {
      const { body } = await request<ProductImport>(`${path}/run`, {
        method: 'POST',
        body: { line_by_line: leavesOut },
      });
      queries.setQueryData([path], body);
    } catch (error) {
      setProblem(problemText(error, i18n));
      setStarting(false);
    }
  };
  const isHeldUp = totals.refused > 0 && !leavesOut;
  return (
    <div className="form">
      {totals.refused > 0 && (
        <>
          <p className="hint">{t('import.refusedWhy')}</p>
          <CheckField
            label={t('import.leaveOut')}
            checked={leavesOut}
            onChange={(event) => setLeavesOut(event.target.checked)}
          />
        </>
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div className="actions">
        <Button kind="primary" busy={isStarting} disabled={isHeldUp} onClick={run}>
          {t('import.run', { count })}
        </Button>
      </div>
    </div>
  );
}

function notesText(notes: Note[], { t, tOr }: I18n): string {
  const text = ({ code, values }: Note) => {
    const message = tOr(`error.${values.reason}`, values.message ?? '');
    return t(`import.note.${code}`, { ...values, message });
  };
  return notes.map(text).join('; ');
}

function Lines({ lines }: { lines: ImportedLine[] }) {
  const i18n = useI18n();
  const { t, number } = i18n;
  return (
    <section className="card list" aria-labelledby="import-lines">
      <h2 id="import-lines">{t('import.lines')}</h2>
      {lines.length > MOST_LINES && <p className="hint">{t('import.linesFirst', { count: MOST_LINES })}</p>}
      <div className="table-frame">
        <table role="table" className="table table-labelled">
          <caption className="visually-hidden">{t('import.lines')}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                {t('import.line')}
              </th>
              <th role="columnheader" scope="col">
                {t('import.product')}
              </th>
              <th role="columnheader" scope="col">
                {t('import.becomes')}
              </th>
              <th role="columnheader" scope="col">
                {t('import.notes')}
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {lines.slice(0, MOST_LINES).map(({ line, outcome, name, notes }) => (
              <tr role="row" key={line}>
                <td role="cell" data-label={t('import.line')}>
                  {number(line)}
                </td>
                <td role="cell" data-label={t('import.product')}>
                  {name || '–'}
                </td>
                <td role="cell" data-label={t('import.becomes')}>
                  <Badge kind={outcome === 'refused' ? 'bad' : 'plain'}>{valueLabel(outcome, i18n)}</Badge>
                </td>
                <td role="cell" data-label={t('import.notes')}>
                  {notesText(notes, i18n)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
