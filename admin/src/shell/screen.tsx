import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { useI18n } from '../i18n/translate';
import { Icon } from '../ui/icon';

interface ScreenProps {
  title: string;
  back?: { to: string; label: string };
  /** Beside the title: the state of the record. */
  badge?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The focus moves to the title when the screen opens, so that screen readers announce it. */
export function Screen({ title, back, badge, actions, children }: ScreenProps) {
  const { t } = useI18n();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('shop')}`;
  }, [title, t]);
  useEffect(() => {
    const isElsewhere = document.activeElement === document.body || document.activeElement?.closest('nav');
    if (isElsewhere) heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <>
      {back && (
        <Link className="back" to={back.to}>
          <Icon name="back" />
          {back.label}
        </Link>
      )}
      <header className="screen-header">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {badge}
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
