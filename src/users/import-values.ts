import type { Language } from '../http/language.js';

const MOMENT =
  /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/;
const DAY_FIRST = /^(\d\d?)[/.](\d\d?)[/.](\d{4})(?= |$)/;

/**
 * Parses a time as databases and spreadsheets write it, in UTC when it names no zone. `31/01/1990` and `1/31/1990` are
 * read; `02/01/1990` is refused, since day and month are ambiguous.
 *
 * @returns undefined for other texts
 */
export function toMoment(text: string): Date | undefined {
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = '', zone = 'Z'] =
    MOMENT.exec(text.replace(DAY_FIRST, yearFirst)) ?? [];
  if (!year) return undefined;
  const [date, time] = [
    [year, month!, day!],
    [hours, minutes, seconds],
  ].map((parts) => parts.map((part) => part.padStart(2, '0')));
  const offset = zone
    .replace('UTC', 'Z')
    .replace(/^([+-]\d\d):?(\d\d)?$/, (_zone, h, m = '00') => `${h}:${m}`);
  const isOnCalendar = new Date(`${date!.join('-')}T00:00:00Z`).toJSON()?.startsWith(date!.join('-'));
  const moment = new Date(`${date!.join('-')}T${time!.join(':')}${fraction.slice(0, 4)}${offset}`);
  return isOnCalendar && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function yearFirst(written: string, first: string, second: string, year: string): string {
  if (Number(first) > 12) return `${year}-${second}-${first}`;
  return Number(second) > 12 ? `${year}-${first}-${second}` : written;
}

const GENDERS: [RegExp, string | null][] = [
  [/^(male|man|m|1|mr|mr\.|m\.|monsieur|homme)$/i, 'male'],
  [/^(female|woman|f|w|2|mrs|mrs\.|ms|ms\.|miss|mme|mme\.|mlle|madame|femme)$/i, 'female'],
  [/^(other|autre|x|divers|non-binary)$/i, 'other'],
  [/^(0|3|u|unknown|not specified|prefer not to say)$/i, null],
];

/** @returns null for none, undefined for what is unknown */
export function toGender(text: string): string | null | undefined {
  return GENDERS.find(([pattern]) => pattern.test(text))?.[1];
}

/** `fr_FR` and `fr-CA` are French; languages that the shop does not have are left out. */
export function toLanguage(text: string): Language | undefined {
  const [language] = text.toLowerCase().split(/[-_]/);
  return language === 'fr' || language === 'en' ? language : undefined;
}
