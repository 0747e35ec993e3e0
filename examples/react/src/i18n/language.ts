import { useSyncExternalStore } from 'react';
import { chooseLanguage, createSpeech, type Language } from '../../../shared/texts/speech';

const STORAGE_KEY = 'comptoir.language';

let current = initialLanguage();
const listeners = new Set<() => void>();
document.documentElement.lang = current;

export function setLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** The page's current language, for code outside of components. */
export function currentLanguage(): Language {
  return current;
}

export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentLanguage);
}

/** Texts, prices and dates in the chosen language. */
export function useText() {
  return SPEECH[useLanguage()];
}

const SPEECH = { en: createSpeech('en'), fr: createSpeech('fr') };

function initialLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: the browser's languages decide.
  }
  return chooseLanguage([stored ?? '', ...navigator.languages]);
}
