import { useEffect } from 'react';

/** Screen readers announce the title of a new page first. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Comptoir`;
  }, [title]);
}
