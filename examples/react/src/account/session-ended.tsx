import { Link } from 'react-router';
import { useText } from '../i18n/language';
import { useSignInPath } from './next-path';

/** Shown in place of an empty cart: the customer's cart is back after the sign-in. */
export function SessionEnded() {
  const { t } = useText();
  const signInPath = useSignInPath();
  return (
    <div className="empty" role="alert">
      <p>{t('signIn.ended')}</p>
      <Link to={signInPath} className="button button-primary">
        {t('signIn.submit')}
      </Link>
    </div>
  );
}
