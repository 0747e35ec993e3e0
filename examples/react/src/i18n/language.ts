import { useSyncExternalStore } from 'react';
import { en } from './en';
import { fr } from './fr';
import type { TextKey, Texts } from './texts';

const LANGUAGES: Record<string, Texts> = { en, fr };
const STORAGE_KEY = 'comptoir.language';
/** What the API's prices are in. */
const CURRENCY = 'EUR';

export type Language = 'en' | 'fr';

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

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Texts, prices and dates in the language that was chosen. */
export function useText() {
  return SPEECH[useLanguage()];
}

const SPEECH: Record<Language, ReturnType<typeof createSpeech>> = {
  en: createSpeech('en'),
  fr: createSpeech('fr'),
};

function createSpeech(language: Language) {
  const plurals = new Intl.PluralRules(language);
  const prices = new Intl.NumberFormat(language, { style: 'currency', currency: CURRENCY });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

  return {
    t(key: TextKey, values: Record<string, string | number> = {}): string {
      const text = LANGUAGES[language]![key];
      const form =
        typeof text === 'string'
          ? text
          : text[plurals.select(Number(values.count)) === 'one' ? 'one' : 'other'];
      return form.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
    },
    /** @param amount a decimal string, which is formatted exactly */
    price: (amount: string) => prices.format(amount as Intl.StringNumericLiteral),
    date: (timestamp: string) => dates.format(new Date(timestamp)),
    moment: (timestamp: string) => moments.format(new Date(timestamp)),
  };
}

function initialLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: the browser's languages decide.
  }
  const wanted = [stored ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  return (wanted.find((tag) => tag in LANGUAGES) as Language | undefined) ?? 'en';
}
