import { Link } from 'react-router';
import type { Page } from '../api/types';
import { type I18n, useI18n } from '../i18n/translate';
import { Icon } from '../ui/icon';
import { type ListState, pageAddress } from './list-state';

type Counted = Pick<Page<unknown>, 'count' | 'count_exact'>;

/** Marks a total that is a lower bound: `1,000+`. */
export function countText({ count, count_exact }: Counted, { t, number }: I18n): string {
  return count_exact === false ? t('list.atLeast', { total: number(count) }) : number(count);
}

export function Pagination({ page, state }: { page: Page<unknown>; state: ListState }) {
  const i18n = useI18n();
  const { t } = i18n;
  return (
    <nav className="pagination" aria-label={t('list.pages')}>
      <p role="status">
        {t(page.count === 1 && page.count_exact !== false ? 'list.countOne' : 'list.count', {
          total: countText(page, i18n),
        })}
        {(page.next || page.previous) && <span>{t('list.page', { page: state.page })}</span>}
      </p>
      <PageLink
        to={page.previous && pageAddress(state.params, page.previous)}
        label={t('list.previous')}
        icon="previous"
      />
      <PageLink to={page.next && pageAddress(state.params, page.next)} label={t('list.next')} icon="next" />
    </nav>
  );
}

interface PageLinkProps {
  to: string | null;
  label: string;
  icon: 'previous' | 'next';
}

function PageLink({ to, label, icon }: PageLinkProps) {
  const content = (
    <>
      {icon === 'previous' && <Icon name="previous" />}
      {label}
      {icon === 'next' && <Icon name="next" />}
    </>
  );
  if (!to) return <span className="button button-plain button-off">{content}</span>;
  return (
    <Link className="button button-plain" to={to}>
      {content}
    </Link>
  );
}
