import { useEffect } from 'react';

/** A screen reader says the title first when a page comes. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Comptoir`;
  }, [title]);
}
