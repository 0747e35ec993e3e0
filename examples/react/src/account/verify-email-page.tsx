import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { verifyEmailOptions } from '../api/generated/@tanstack/react-query.gen';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { InvalidLink, isInvalidLink } from './invalid-link';
import '../../../shared/styles/account.css';

/** The page of a mail's link when the API's `FRONTEND_URL` is this shop. Opening it verifies the address. */
export default function VerifyEmailPage() {
  const { t } = useText();
  const { uid: uidb64 = '', token = '' } = useParams();
  const verified = useQuery({ ...verifyEmailOptions({ path: { uidb64, token } }), staleTime: Infinity });
  usePageTitle(t('link.verify.title'));
  return (
    <div className="narrow">
      <h1>{t('link.verify.title')}</h1>
      {isInvalidLink(verified.error) ? (
        <InvalidLink next="/account" text="nav.account" />
      ) : (
        <QueryView query={verified}>
          {({ code }) => (
            <>
              <p className="notice notice-good" role="status">
                {t(code === 'email_already_verified' ? 'link.verify.before' : 'link.verify.done')}
              </p>
              <Link to="/" className="button button-primary button-wide">
                {t('state.notFound.home')}
              </Link>
            </>
          )}
        </QueryView>
      )}
    </div>
  );
}
