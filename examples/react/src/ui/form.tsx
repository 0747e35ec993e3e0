import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useId, useRef } from 'react';
import { ApiError } from '../api/api-error';
import { useErrorText, useFieldText } from './error-text';

const ErrorsContext = createContext<Record<string, string[]>>({});

interface FormProps {
  /** The error of the last attempt; its `errors` are shown at the fields with their names. */
  error: unknown;
  busy: boolean;
  onSubmit: (values: Record<string, string>, form: HTMLFormElement) => void;
  children: ReactNode;
}

/** A form: the browser validates what it can, and the API's errors are shown at their fields. */
export function Form({ error, busy, onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const text = useErrorText();

  // Moves the focus to the first invalid field.
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return; // a second click while the first is in progress
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    onSubmit(values, event.currentTarget);
  }

  return (
    <form ref={form} className="form" onSubmit={submit} aria-busy={busy}>
      <ErrorsContext value={error instanceof ApiError ? error.errors : {}}>
        {children}
        {error !== null && error !== undefined && (
          <p className="notice notice-bad" role="alert">
            {text(error)}
          </p>
        )}
      </ErrorsContext>
    </form>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'tel' | 'date';
  hint?: string;
  autoComplete?: string;
  defaultValue?: string;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  rows?: number;
  /** Its name in the API, if that differs. */
  errorName?: string;
}

export function Field({
  name,
  label,
  hint,
  rows,
  errorName = name,
  type = 'text',
  ...attributes
}: FieldProps) {
  const id = useId();
  const fieldText = useFieldText();
  const messages = useContext(ErrorsContext)[errorName] ?? [];
  const described = [hint && `${id}-hint`, messages.length > 0 && `${id}-error`].filter(Boolean).join(' ');
  const shared = {
    ...attributes,
    id,
    name,
    'aria-invalid': messages.length > 0 || undefined,
    'aria-describedby': described || undefined,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows ? <textarea {...shared} rows={rows} /> : <input {...shared} type={type} />}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {messages.length > 0 && (
        <p id={`${id}-error`} className="field-error">
          {messages.map(fieldText).join(' ')}
        </p>
      )}
    </div>
  );
}
