import { Link, NavLink } from 'react-router';
import { useSignInPath } from '../account/next-path';
import { useSession } from '../api/session';
import { useCartCount } from '../cart/use-cart';
import { useText } from '../i18n/language';
import { CartIcon, HeartIcon, LogoMark, PersonIcon } from '../ui/icons';
import { SearchBox } from './search-box';

export function Header() {
  const { t } = useText();
  const session = useSession();
  const signInPath = useSignInPath();
  const count = useCartCount();
  return (
    <header className="header">
      <div className="header-inner">
        <Link to="/" className="logo" aria-label={t('nav.home')}>
          <LogoMark />
          <span>Comptoir</span>
        </Link>
        <SearchBox />
        <nav className="header-nav" aria-label={t('nav.main')}>
          <NavLink to="/favorites" className="icon-link">
            <HeartIcon />
            <span className="visually-hidden">{t('nav.favorites')}</span>
          </NavLink>
          {session ? (
            <NavLink to="/account" className="icon-link">
              <PersonIcon />
              <span className="icon-link-text">{t('nav.account')}</span>
            </NavLink>
          ) : (
            <NavLink to={signInPath} className="icon-link">
              <PersonIcon />
              <span className="icon-link-text">{t('nav.signIn')}</span>
            </NavLink>
          )}
          <NavLink to="/cart" className="icon-link cart-link">
            <CartIcon />
            <span className="visually-hidden">{count ? t('nav.cart.count', { count }) : t('nav.cart')}</span>
            {count > 0 && (
              <span className="cart-count" aria-hidden="true">
                {count}
              </span>
            )}
          </NavLink>
        </nav>
      </div>
    </header>
  );
}
