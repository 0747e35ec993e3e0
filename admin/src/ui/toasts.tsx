import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { useI18n } from '../i18n/translate';
import { Icon } from './icon';

interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'failed';
  action?: { label: string; run: () => void };
}

const STAYS_MS = 8_000;
const listeners = new Set<() => void>();
let toasts: Toast[] = [];
let lastId = 0;

/** Notifies in a corner and through screen readers. Failures and undoable changes stay until they are closed. */
export function notify(
  text: string,
  { kind = 'done', action }: Partial<Pick<Toast, 'kind' | 'action'>> = {},
): void {
  const id = (lastId += 1);
  setToasts([...toasts.slice(-3), { id, text, kind, action }]);
  if (kind === 'done' && !action) setTimeout(() => close(id), STAYS_MS);
}

function close(id: number): void {
  setToasts(toasts.filter((toast) => toast.id !== id));
}

function setToasts(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function Toasts() {
  const { t } = useI18n();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  const host = useTopmostHost(shown.length);
  return createPortal(
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, kind, action }) => (
        <div key={id} className={`toast toast-${kind}`}>
          <Icon name={kind === 'done' ? 'check' : 'warning'} />
          <span className="toast-text">{text}</span>
          {action && (
            <button
              type="button"
              className="toast-action"
              onClick={() => {
                close(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" className="toast-close" aria-label={t('close')} onClick={() => close(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>,
    host,
  );
}

/** Elements outside of an open modal dialog are inert, and so would be the toasts. */
function useTopmostHost(changes: number): Element {
  const [host, setHost] = useState<Element>(document.body);
  const current = useRef(host);
  useEffect(() => {
    const find = () => {
      const topmost = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
      if (topmost !== current.current) setHost((current.current = topmost));
    };
    find();
    const observer = new MutationObserver(find);
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['open'] });
    return () => observer.disconnect();
  }, [changes]);
  return host;
}
