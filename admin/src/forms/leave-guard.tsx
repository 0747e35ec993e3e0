import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

/** Asks before a changed form is left by a link, by going back, or by closing the tab. */
export function LeaveGuard({ isChanged }: { isChanged: boolean }) {
  const { t } = useI18n();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isChanged && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isChanged) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
  if (blocker.state !== 'blocked') return null;
  return (
    <Dialog title={t('leave.title')} onClose={() => blocker.reset()}>
      <div className="dialog-body">
        <p>{t('leave.why')}</p>
      </div>
      <footer className="dialog-footer">
        <Button kind="danger" onClick={() => blocker.proceed()}>
          {t('leave.go')}
        </Button>
        <Button kind="primary" onClick={() => blocker.reset()}>
          {t('leave.stay')}
        </Button>
      </footer>
    </Dialog>
  );
}
