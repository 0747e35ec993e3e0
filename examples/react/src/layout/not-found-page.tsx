import { Link } from 'react-router';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';

export function NotFoundPage() {
  const { t } = useText();
  usePageTitle(t('state.notFound'));
  return (
    <div className="empty">
      <h1>{t('state.notFound')}</h1>
      <Link to="/" className="button">
        {t('state.notFound.home')}
      </Link>
    </div>
  );
}
