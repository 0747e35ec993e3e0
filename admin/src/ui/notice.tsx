import type { ReactNode } from 'react';
import { Icon } from './icon';

export function Notice({ kind, children }: { kind: 'error' | 'info'; children: ReactNode }) {
  return (
    <div className={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      <Icon name={kind === 'error' ? 'warning' : 'alert'} />
      <div>{children}</div>
    </div>
  );
}
