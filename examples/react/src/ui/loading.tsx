import { useEffect, useState } from 'react';
import { useText } from '../i18n/language';

/** A placeholder for content; after a few seconds it says that loading continues. */
export function Loading() {
  const { t } = useText();
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span className="visually-hidden">{t('state.loading')}</span>
      <SlowNote />
    </div>
  );
}

export function SlowNote() {
  const { t } = useText();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 4000);
    return () => clearTimeout(timer);
  }, []);
  return isSlow ? <p className="slow-note">{t('state.slow')}</p> : null;
}
