import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const AnnounceContext = createContext<(message: ReactNode) => void>(() => {});

/** Notifies of the result of an action, in a corner and through screen readers. */
export function useAnnounce() {
  return useContext(AnnounceContext);
}

export function Announcer({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState<{ text: ReactNode }>();
  const announce = useCallback((text: ReactNode) => setMessage({ text }), []);

  useEffect(() => {
    const timer = setTimeout(() => setMessage(undefined), 6000);
    return () => clearTimeout(timer);
  }, [message]);

  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="toasts" role="status">
        {message && <div className="toast">{message.text}</div>}
      </div>
    </AnnounceContext>
  );
}
