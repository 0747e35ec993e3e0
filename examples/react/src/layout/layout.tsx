import { Suspense, useEffect, useRef } from 'react';
import { Outlet, useLocation, useNavigationType } from 'react-router';
import { MergeReport } from '../cart/merge-report';
import { useText } from '../i18n/language';
import { Announcer } from '../ui/announcer';
import { Loading } from '../ui/loading';
import { ErrorBoundary } from './error-boundary';
import { Footer } from './footer';
import { Header } from './header';
import { OfflineBar } from './offline-bar';

export function Layout() {
  const { t } = useText();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const navigation = useNavigationType();

  // A new page is scrolled to its top and gets the focus, for keyboards and screen readers; not after going back.
  useEffect(() => {
    if (navigation === 'POP') return;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, navigation]);

  return (
    <Announcer>
      {/* A button, since in a page with a <base> a link to #main opens the first page. */}
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {t('skip')}
      </button>
      <Header />
      <OfflineBar />
      <main ref={main} tabIndex={-1} className="page">
        <ErrorBoundary key={pathname} message={t('state.broken')} retry={t('state.retry')}>
          <MergeReport />
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Footer />
    </Announcer>
  );
}
