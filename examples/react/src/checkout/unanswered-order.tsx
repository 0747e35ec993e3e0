import { useText } from '../i18n/language';

export function UnansweredOrder({ onSend }: { onSend: () => void }) {
  const { t } = useText();
  return (
    <div className="notice notice-warning" role="alert">
      <p>{t('checkout.unanswered')}</p>
      <button type="button" className="button" onClick={onSend}>
        {t('checkout.again')}
      </button>
    </div>
  );
}
