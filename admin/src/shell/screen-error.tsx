import { Link, useRouteError } from 'react-router';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { problemText } from '../ui/problem-text';
import { Screen } from './screen';

/** Replaces a screen that failed to render, with the error and a link back. */
export function ScreenError() {
  const i18n = useI18n();
  const { t } = i18n;
  const error = useRouteError();
  return (
    <Screen title={t('screenError.title')}>
      <div className="card">
        <p>{problemText(error, i18n)}</p>
        {error instanceof Error && <p className="hint">{error.message}</p>}
        <div className="actions">
          <Button kind="primary" onClick={() => location.reload()}>
            {t('screenError.reload')}
          </Button>
          <Link to="/">{t('screenError.home')}</Link>
        </div>
      </div>
    </Screen>
  );
}
