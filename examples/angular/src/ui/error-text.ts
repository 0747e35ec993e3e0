import { inject } from '@angular/core';
import { textOfFieldMessage, textOfProblem } from '../../../shared/texts/problem-texts';
import { ApiError } from '../api/api-error';
import { I18n } from '../i18n/i18n';

/** The text of a problem's code. An unknown code has the API's `detail`, in English only. */
export function injectErrorText(): (error: unknown) => string {
  const { t, language } = inject(I18n);
  return (error) => {
    if (!(error instanceof ApiError)) return t('state.broken');
    const key = textOfProblem(error.code, error.status);
    if (key) return t(key);
    return language() === 'en' && error.detail ? error.detail : t('error.other');
  };
}

export function injectFieldText(): (message: string) => string {
  const { t, language } = inject(I18n);
  return (message) => {
    const key = textOfFieldMessage(message);
    if (key) return t(key);
    return language() === 'en' ? message : t('error.field');
  };
}
