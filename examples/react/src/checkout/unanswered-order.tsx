import { useEffect, useRef } from 'react';
import { useText } from '../i18n/language';

export function UnansweredOrder({ onSend }: { onSend: () => void }) {
  const { t } = useText();
  const notice = useRef<HTMLDivElement>(null);

  // On a phone the pressed button is far below.
  useEffect(() => {
    notice.current?.scrollIntoView({ block: 'center' });
  }, []);

  return (
    <div ref={notice} className="notice notice-warning" role="alert">
      <p>{t('checkout.unanswered')}</p>
      <button type="button" className="button" onClick={onSend}>
        {t('checkout.again')}
      </button>
    </div>
  );
}
