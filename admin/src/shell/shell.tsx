import { useEffect, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation, useNavigation } from 'react-router';
import { signOut, useSession } from '../api/session';
import { type MessageKey, useI18n } from '../i18n/translate';
import { Button, IconButton } from '../ui/button';
import { Icon, type IconName } from '../ui/icon';
import { Preferences } from './preferences';

const PLACES: { to: string; label: MessageKey; icon: IconName }[] = [
  { to: '/', label: 'nav.start', icon: 'home' },
  { to: '/orders', label: 'nav.orders', icon: 'orders' },
  { to: '/products', label: 'nav.products', icon: 'box' },
  { to: '/categories', label: 'nav.categories', icon: 'tag' },
  { to: '/users', label: 'nav.users', icon: 'user' },
  { to: '/audit', label: 'nav.audit', icon: 'record' },
  { to: '/models/mails', label: 'nav.mails', icon: 'mail' },
  { to: '/models/jobs', label: 'nav.jobs', icon: 'list' },
  { to: '/models', label: 'nav.models', icon: 'database' },
];

export function Shell() {
  const { t } = useI18n();
  const session = useSession();
  const location = useLocation();
  const isLoading = useNavigation().state === 'loading';
  const [isMenuOpen, setMenuOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  useEffect(() => setMenuOpen(false), [location.pathname]);
  if (session.status === 'signed-out') return null;

  return (
    <div className="shell">
      <a className="skip-link" href="#content" onClick={skipToContent}>
        {t('skip')}
      </a>
      <header className="top-bar">
        <IconButton
          ref={menuButton}
          icon="menu"
          label={t('menu')}
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        />
        <span className="wordmark">{t('shop')}</span>
      </header>
      <div
        id="navigation"
        className={isMenuOpen ? 'side side-open' : 'side'}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !isMenuOpen) return;
          setMenuOpen(false);
          menuButton.current?.focus();
        }}
      >
        <p className="wordmark">{t('shop')}</p>
        <nav aria-label={t('menu')}>
          <ul>
            {PLACES.map(({ to, label, icon }) => (
              <li key={to}>
                <NavLink to={to} end={to === '/' || to === '/models'}>
                  <Icon name={icon} />
                  {t(label)}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="side-foot">
          <p className="signed-in-as">
            <Icon name="user" />
            <span>{session.user.name || session.user.username}</span>
          </p>
          <Preferences />
          <Button kind="quiet" onClick={() => signOut()}>
            {t('signOut')}
          </Button>
        </div>
      </div>
      {isMenuOpen && <div className="side-shade" onClick={() => setMenuOpen(false)} />}
      <main id="content" tabIndex={-1} aria-busy={isLoading}>
        <div className={isLoading ? 'loading-bar loading-bar-on' : 'loading-bar'} aria-hidden="true" />
        <Outlet />
      </main>
    </div>
  );
}

/** An address with a fragment would be relative to the page's base. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
