import { ApiError } from '../api/api-error';
import { useText } from '../i18n/language';
import type { TextKey } from '../i18n/texts';

/** Codes of the API that have a text of their own here; for the others its English `detail` is shown. */
const BY_CODE: Record<string, TextKey> = {
  network: 'error.network',
  busy: 'error.busy',
  no_active_account: 'error.no_active_account',
  insufficient_stock: 'error.insufficient_stock',
  product_not_found: 'error.product_not_found',
  validation_failed: 'error.fields',
  throttled: 'error.busy',
};

/** Field messages of the API that people meet here, by what they say. */
const BY_MESSAGE: [RegExp, TextKey][] = [
  [/already exists/, 'error.taken'],
  [/password.*(incorrect|wrong)|(incorrect|wrong).*password/i, 'error.wrongPassword'],
];

export function useErrorText(): (error: unknown) => string {
  const { t } = useText();
  return (error) => {
    if (!(error instanceof ApiError)) return t('state.broken');
    const key = BY_CODE[error.code];
    if (key) return t(key);
    return error.status >= 500 ? t('error.server') : error.detail;
  };
}

export function useFieldText(): (message: string) => string {
  const { t } = useText();
  return (message) => {
    const known = BY_MESSAGE.find(([pattern]) => pattern.test(message));
    return known ? t(known[1]) : message;
  };
}
