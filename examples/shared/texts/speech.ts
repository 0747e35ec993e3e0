import { en } from './en.js';
import { fr } from './fr.js';
import type { TextKey, Texts } from './texts.js';

export type Language = 'en' | 'fr';

const TEXTS: Record<Language, Texts> = { en, fr };
/** The currency of the API's prices. */
const CURRENCY = 'EUR';

/** Texts, prices and dates in one language. */
export function createSpeech(language: Language) {
  const plurals = new Intl.PluralRules(language);
  const prices = new Intl.NumberFormat(language, { style: 'currency', currency: CURRENCY });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

  return {
    t(key: TextKey, values: Record<string, string | number> = {}): string {
      const text = TEXTS[language][key];
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

/** The first of these languages that the shop has. @param wanted tags such as `fr-CA`, the preferred one first */
export function chooseLanguage(wanted: readonly string[]): Language {
  const tags = wanted.map((tag) => tag.slice(0, 2));
  return (tags.find((tag) => tag in TEXTS) as Language | undefined) ?? 'en';
}
