import { type ComponentProps, type ReactNode, useId } from 'react';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  required?: boolean;
  /** Gets the ids that connect the input with its label and texts. */
  children: (ids: FieldIds) => ReactNode;
}

interface FieldIds {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
  'aria-required': true | undefined;
}

export function Field({ label, hint, error, required, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={error ? 'field field-wrong' : 'field'}>
      <label htmlFor={id}>
        {label}
        {required && <span className="required"> *</span>}
      </label>
      {children({
        id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface InputFieldProps extends ComponentProps<'input'> {
  label: string;
  hint?: ReactNode;
  error?: string;
}

export function InputField({ label, hint, error, required, ...input }: InputFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required}>
      {(ids) => <input {...input} {...ids} />}
    </Field>
  );
}

interface TextAreaFieldProps extends ComponentProps<'textarea'> {
  label: string;
  error?: string;
}

export function TextAreaField({ label, error, required, ...area }: TextAreaFieldProps) {
  return (
    <Field label={label} error={error} required={required}>
      {(ids) => <textarea rows={4} {...area} {...ids} />}
    </Field>
  );
}

interface SelectFieldProps extends ComponentProps<'select'> {
  label: string;
  error?: string;
}

export function SelectField({ label, error, children, ...select }: SelectFieldProps) {
  return (
    <Field label={label} error={error}>
      {(ids) => (
        <select {...select} {...ids}>
          {children}
        </select>
      )}
    </Field>
  );
}

interface CheckFieldProps extends ComponentProps<'input'> {
  label: string;
  error?: string;
}

export function CheckField({ label, error, ...input }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="field field-check">
      <input type="checkbox" {...input} id={id} aria-describedby={error ? `${id}-error` : undefined} />
      <label htmlFor={id}>{label}</label>
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
