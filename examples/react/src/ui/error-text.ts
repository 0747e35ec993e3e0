import { textOfFieldMessage, textOfProblem } from '../../../shared/texts/problem-texts';
import { ApiError } from '../api/api-error';
import { useLanguage, useText } from '../i18n/language';

/** The text of a problem's code. An unknown code has the API's `detail`, in English only. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useText();
  const language = useLanguage();
  return (error) => {
    if (!(error instanceof ApiError)) return t('state.broken');
    const key = textOfProblem(error.code, error.status);
    if (key) return t(key);
    return language === 'en' && error.detail ? error.detail : t('error.other');
  };
}

export function useFieldText(): (message: string) => string {
  const { t } = useText();
  const language = useLanguage();
  return (message) => {
    const key = textOfFieldMessage(message);
    if (key) return t(key);
    return language === 'en' ? message : t('error.field');
  };
}
