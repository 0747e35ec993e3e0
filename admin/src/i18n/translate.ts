import { useSyncExternalStore } from 'react';
import { en } from './en';
import { fr } from './fr';

export type MessageKey = keyof typeof en;
export type Language = 'en' | 'fr';

/**
 * Texts have placeholders such as `{name}`. A text that depends on a number has its plural forms, separated by a bar:
 * `one | other`, chosen by `{count}`.
 */
const TEXTS: Record<Language, Record<MessageKey, string>> = { en, fr };
const STORED = 'comptoir.admin.language';
const listeners = new Set<() => void>();
let language = initialLanguage();
document.documentElement.lang = language;

type Values = Record<string, string | number>;

export interface I18n {
  language: Language;
  t: (key: MessageKey, values?: Values) => string;
  /** The text of a key that is computed from data, or else the fallback. */
  tOr: (key: string, fallback: string) => string;
  number: (value: number) => string;
  money: (value: string) => string;
  /** A decimal number as users type it. */
  decimal: (value: string) => string;
  /** With the name of the time zone, since the API uses UTC. */
  time: (iso: string) => string;
  day: (iso: string) => string;
}

export function useI18n(): I18n {
  return I18NS[useSyncExternalStore(subscribe, () => language)];
}

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem(STORED, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

const I18NS: Record<Language, I18n> = { en: create('en'), fr: create('fr') };

function create(of: Language): I18n {
  const locale = of === 'fr' ? 'fr-FR' : 'en-GB';
  const texts = TEXTS[of];
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const amounts = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const times = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });

  const put = (text: string, values: Values) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  const choose = (text: string, values: Values) => {
    const forms = text.split(' | ');
    if (forms.length === 1) return text;
    return plurals.select(Number(values.count)) === 'one' ? forms[0]! : forms[1]!;
  };
  return {
    language: of,
    t: (key, values = {}) => put(choose(texts[key], values), values),
    tOr: (key, fallback) => texts[key as MessageKey] ?? fallback,
    number: (value) => numbers.format(value),
    money: (value) => amounts.format(value as unknown as number), // a decimal text stays exact
    decimal: (value) => (of === 'fr' ? value.replace('.', ',') : value),
    time: (iso) => times.format(new Date(iso)),
    day: (iso) => days.format(new Date(iso)),
  };
}

function initialLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'fr') return stored;
  return navigator.languages.find((each) => /^(en|fr)\b/.test(each))?.startsWith('fr') ? 'fr' : 'en';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
