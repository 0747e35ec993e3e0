import { ApiError } from '../api/answers';
import type { I18n } from '../i18n/translate';

/** What to tell a person of an error: the text of its code, or else the shop's own words. */
export function problemText(error: unknown, { t, tOr }: I18n): string {
  if (!(error instanceof ApiError)) return t('error.unexpected');
  if (error.status >= 500) return t('error.server', { status: error.status });
  return tOr(`error.${error.code}`, error.body.detail || t('error.unexpected'));
}
