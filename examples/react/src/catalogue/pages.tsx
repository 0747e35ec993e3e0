import { Link } from 'react-router';
import { useText } from '../i18n/language';

interface Props {
  page: number;
  pages: number;
  linkTo: (page: number) => string;
}

export function Pages({ page, pages, linkTo }: Props) {
  const { t } = useText();
  if (pages === 1) return null;
  const toTop = () => scrollTo(0, 0);
  return (
    <nav className="pages" aria-label={t('pages.label')}>
      {page > 1 && (
        <Link to={linkTo(page - 1)} rel="prev" className="button" onClick={toTop}>
          {t('pages.previous')}
        </Link>
      )}
      <span>{t('pages.current', { page, pages })}</span>
      {page < pages && (
        <Link to={linkTo(page + 1)} rel="next" className="button" onClick={toTop}>
          {t('pages.next')}
        </Link>
      )}
    </nav>
  );
}
