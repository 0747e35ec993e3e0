import { useText } from '../i18n/language';
import { useErrorText } from './error-text';

/** A failed request, with a button to retry. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useText();
  const text = useErrorText();
  return (
    <div className="empty" role="alert">
      <p>{text(error)}</p>
      <button type="button" className="button" onClick={retry}>
        {t('state.retry')}
      </button>
    </div>
  );
}
