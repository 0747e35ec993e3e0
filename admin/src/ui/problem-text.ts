import { ApiError } from '../api/answers';
import type { I18n } from '../i18n/translate';
import { fieldProblem } from './field-problem';

/** The text for an error: that of its code or of its fields, or else the API's own. */
export function problemText(error: unknown, i18n: I18n): string {
  const { t, tOr } = i18n;
  if (!(error instanceof ApiError)) return t('error.unexpected');
  if (error.status >= 500) return t('error.server', { status: error.status });
  const messages = Object.values(error.fields).flat();
  if (error.code === 'validation_failed' && messages.length > 0) return fieldText(messages, i18n);
  return tOr(`error.${error.code}`, error.body.detail || t('error.unexpected'));
}

/** The text for an error of one field: that of the API's message, or else the message itself. */
export function fieldText(messages: string[], { t }: I18n): string {
  return messages
    .map((message) => {
      const found = fieldProblem(message);
      return found ? t(found.key, readNumbers(found.values)) : message;
    })
    .join(' ');
}

/** Numbers are passed as numbers, so that they are formatted in the language. */
function readNumbers(values: Record<string, string>): Record<string, string | number> {
  const read = ([name, text]: [string, string]) => [name, Number.isNaN(Number(text)) ? text : Number(text)];
  return Object.fromEntries(Object.entries(values).map(read));
}
