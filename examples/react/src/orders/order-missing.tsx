import { Link } from 'react-router';
import { useText } from '../i18n/language';

export function OrderMissing() {
  const { t } = useText();
  return (
    <div className="empty">
      <h1>{t('orders.missing')}</h1>
      <Link to="/orders" className="button">
        {t('orders.title')}
      </Link>
    </div>
  );
}
