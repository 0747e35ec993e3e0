import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { getUserOptions } from '../api/generated/@tanstack/react-query.gen';
import { useSession } from '../api/session';
import { useText } from '../i18n/language';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { DeleteAccount } from './delete-account';
import { EmailForm } from './email-form';
import { ExportData } from './export-data';
import { PasswordForm } from './password-form';
import { ProfileForm } from './profile-form';
import { Sessions } from './sessions';
import { SignOutButton } from './sign-out-button';
import { UnverifiedNotice } from './unverified-notice';
import '../../../shared/styles/account.css';

export default function AccountPage() {
  const { t } = useText();
  const { userId, name } = useSession()!; // the route requires it (`SignedIn`)
  const user = useQuery(getUserOptions({ path: { id: userId } }));
  usePageTitle(t('account.title'));
  return (
    <>
      <div className="account-head">
        <h1>{t('account.hello', { name: user.data?.name || name })}</h1>
        <div className="account-links">
          <Link to="/orders" className="button">
            {t('nav.orders')}
          </Link>
          <SignOutButton />
        </div>
      </div>
      <QueryView query={user}>
        {(data) => (
          <div className="account">
            {!data.email_verified && <UnverifiedNotice email={data.email} />}
            <section>
              <h2>{t('account.profile')}</h2>
              <ProfileForm user={data} />
            </section>
            <section>
              <h2>{t('account.security')}</h2>
              <PasswordForm userId={userId} />
              <EmailForm email={data.email} />
            </section>
            <section>
              <h2>{t('account.sessions')}</h2>
              <Sessions />
            </section>
            <section>
              <h2>{t('account.data')}</h2>
              <ExportData />
              <DeleteAccount />
            </section>
          </div>
        )}
      </QueryView>
    </>
  );
}
