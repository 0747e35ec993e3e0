import type { ReactNode } from 'react';

export function Badge({
  kind = 'plain',
  children,
}: {
  kind?: 'good' | 'warn' | 'bad' | 'plain';
  children: ReactNode;
}) {
  return <span className={`badge badge-${kind}`}>{children}</span>;
}
