import { type ReactNode, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useI18n } from '../i18n/translate';
import { IconButton } from './button';

interface DialogProps {
  title: string;
  /** Undefined: only its content can close it. */
  onClose?: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** The browser's modal dialog: it keeps the focus inside, and restores it afterwards. */
export function Dialog({ title, onClose, children, wide }: DialogProps) {
  const { t } = useI18n();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const dialog = ref.current!;
    if (!dialog.open) dialog.showModal();
    return () => {
      dialog.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return createPortal(
    <dialog
      ref={ref}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== ref.current) return; // a file input's own
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => event.target === ref.current && onClose?.()}
    >
      <div className="dialog-inner">
        <header className="dialog-header">
          <h2 id={titleId}>{title}</h2>
          {onClose && <IconButton icon="close" label={t('close')} onClick={onClose} />}
        </header>
        {children}
      </div>
    </dialog>,
    document.body,
  );
}
