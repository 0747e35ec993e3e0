import { type FormEvent, useState } from 'react';
import { type Account, signIn, signOut } from '../api/session';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { InputField } from '../ui/field';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { Preferences } from './preferences';

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useI18n();
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <p className="wordmark">{t('shop')}</p>
        <h1>{t('signIn.title')}</h1>
        <SignInForm onSignedIn={onSignedIn} />
        <Preferences />
      </div>
    </main>
  );
}

/** Covers the open screen when the session has ended, so that typed values stay. */
export function SignInAgain({ user }: { user: Account }) {
  const { t } = useI18n();
  return (
    <Dialog title={t('signIn.again')}>
      <div className="dialog-body">
        <p>{t('signIn.againWhy')}</p>
        <SignInForm email={user.email} />
      </div>
      <footer className="dialog-footer">
        <Button kind="quiet" onClick={() => signOut()}>
          {t('signIn.asAnother')}
        </Button>
      </footer>
    </Dialog>
  );
}

function SignInForm({ email = '', onSignedIn }: { email?: string; onSignedIn?: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem('');
    try {
      onSignedIn?.();
      await signIn(String(form.get('email')), String(form.get('password')));
    } catch (error) {
      setProblem(problemText(error, i18n));
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={submit}>
      {problem && <Notice kind="error">{problem}</Notice>}
      <InputField
        label={t('signIn.email')}
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={email}
        autoFocus={!email}
        required
      />
      <InputField
        label={t('signIn.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={Boolean(email)}
        required
      />
      <Button type="submit" kind="primary" busy={busy}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
