import { type ReactNode, useState } from 'react';
import { ApiError } from '../api/answers';
import { useI18n } from '../i18n/translate';
import { Button } from './button';
import { Dialog } from './dialog';
import { Notice } from './notice';
import { problemText } from './problem-text';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  run: () => Promise<void>;
  onClose: () => void;
}

/** Asks before an action that is hard to revert, and shows its failure. */
export function Confirm({ title, children, action, danger, run, onClose }: ConfirmProps) {
  const i18n = useI18n();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const start = async () => {
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (error) {
      setBusy(false);
      if (!(error instanceof ApiError)) throw error;
      setProblem(problemText(error, i18n));
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-body">{children}</div>
      {problem && <Notice kind="error">{problem}</Notice>}
      <footer className="dialog-footer">
        <Button onClick={onClose}>{i18n.t('confirm.no')}</Button>
        <Button kind={danger ? 'danger' : 'primary'} busy={busy} onClick={start}>
          {action}
        </Button>
      </footer>
    </Dialog>
  );
}
