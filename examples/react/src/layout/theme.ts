import { useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';
export const THEMES: Theme[] = ['auto', 'light', 'dark'];

const STORAGE_KEY = 'comptoir.theme';

let current = storedTheme();
let listeners: (() => void)[] = [];
document.documentElement.dataset.theme = current;

export function setTheme(theme: Theme): void {
  current = theme;
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners = [...listeners, listener];
      return () => (listeners = listeners.filter((each) => each !== listener));
    },
    () => current,
  );
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY) as Theme;
    return THEMES.includes(stored) ? stored : 'auto';
  } catch {
    return 'auto';
  }
}
