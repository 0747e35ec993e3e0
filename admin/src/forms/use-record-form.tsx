import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  type DefaultValues,
  type FieldValues,
  type Path,
  useForm,
  type UseFormReturn,
} from 'react-hook-form';
import { ApiError } from '../api/answers';
import { request } from '../api/client';
import { useI18n } from '../i18n/translate';
import { fieldText, problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { ConflictDialog } from './conflict-dialog';
import { LeaveGuard } from './leave-guard';
import { type Loaded, recordKey } from './use-record';

interface RecordFormOptions<Row, Values extends FieldValues> {
  path: string;
  loaded: Loaded<Row>;
  /** Loads the record, when that takes more than one GET of `path`. */
  read?: () => Promise<Loaded<Row>>;
  /** The fields of the form, as text for its inputs. */
  toValues: (row: Row) => Values;
  /** The body of the request for the changed fields. */
  toBody?: (changes: Partial<Values>) => object;
  labels: Record<keyof Values & string, string>;
}

interface RecordForm<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  submit: (event: React.FormEvent) => void;
  isSaving: boolean;
  /** An error that is not about a single field. */
  problem: string;
  /** Elements for the screen: they ask before a changed form is left, and about conflicts with other changes. */
  dialogs: ReactNode;
}

interface Conflict<Row, Values> {
  theirs: Loaded<Row>;
  mine: Values;
}

/**
 * A form for one record. It sends changed fields only, with the `ETag` that was read; when another user has
 * changed the record meanwhile, the user chooses a value for each field that differs.
 */
export function useRecordForm<Row, Values extends FieldValues>({
  path,
  loaded,
  read = () => request<Row>(path),
  toValues,
  toBody = (changes) => changes,
  labels,
}: RecordFormOptions<Row, Values>): RecordForm<Values> {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [base, setBase] = useState(loaded);
  const [conflict, setConflict] = useState<Conflict<Row, Values>>();
  const [problem, setProblem] = useState('');
  const form = useForm<Values>({ defaultValues: toValues(loaded.body) as DefaultValues<Values> });
  const { isSubmitting, isDirty } = form.formState;

  const accept = (saved: Loaded<Row>) => {
    setBase(saved);
    setConflict(undefined);
    form.reset(toValues(saved.body));
    queries.setQueryData(recordKey(path), saved);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'record' });
  };

  const save = async (mine: Values, from: Loaded<Row>): Promise<void> => {
    setProblem('');
    const changes = differing(mine, toValues(from.body));
    if (Object.keys(changes).length === 0) {
      accept(from);
      notify(t('form.nothingChanged'));
      return;
    }
    try {
      await request(path, { method: 'PATCH', body: toBody(changes), ifMatch: from.etag });
      accept(await read());
      notify(t('form.saved'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 412) await decide(mine, from);
      else show(error);
    }
  };

  /** A change of a value that the form does not have, such as of a stock by a sale, needs no decision. */
  const decide = async (mine: Values, from: Loaded<Row>): Promise<void> => {
    const theirs = await read();
    const isElsewhere = Object.keys(differing(toValues(theirs.body), toValues(from.body))).length === 0;
    if (isElsewhere) await save(mine, theirs);
    else setConflict({ theirs, mine });
  };

  const show = (error: ApiError) => {
    setConflict(undefined);
    const named = Object.entries(error.fields).filter(([name]) => name in labels);
    for (const [index, [name, messages]] of named.entries()) {
      form.setError(
        name as Path<Values>,
        { message: fieldText(messages, i18n) },
        { shouldFocus: index === 0 },
      );
    }
    if (named.length === 0) setProblem(problemText(error, i18n));
  };

  return {
    form,
    submit: form.handleSubmit((mine) => save(mine, base)),
    isSaving: isSubmitting,
    problem,
    dialogs: (
      <>
        <LeaveGuard isChanged={isDirty && !isSubmitting} />
        {conflict && (
          <ConflictDialog
            labels={labels}
            base={toValues(base.body)}
            mine={conflict.mine}
            theirs={toValues(conflict.theirs.body)}
            onChosen={(chosen) => save(chosen, conflict.theirs)}
            onClose={() => setConflict(undefined)}
          />
        )}
      </>
    ),
  };
}

function differing<Values extends FieldValues>(values: Values, from: Values): Partial<Values> {
  const changed = Object.entries(values).filter(([name, value]) => name in from && value !== from[name]);
  return Object.fromEntries(changed) as Partial<Values>;
}
