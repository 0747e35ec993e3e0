import { isEmail } from 'class-validator';
import { cleanIdentifier } from '../http/identifier.js';
import { type FieldErrors, invalid, type Problem } from '../http/problem.js';

/** The unchecked fields of a request body. */
export type Fields = Record<string, unknown>;

/** @returns what is wrong with a value, in Laravel 10's words; undefined when nothing is */
type Check = (value: unknown, label: string, name: string, fields: Fields) => string | undefined;

/** The rules of one field, as Laravel names them and in the order in which it applies them. */
interface Rules {
  /** Refuses missing, null and empty values, before any check. `sometimes`: refuses null and empty, allows missing. */
  required?: true | 'sometimes';
  checks: Check[];
}

export type RuleSet = Record<string, Rules>;

const UNTRIMMED = ['password', 'password_confirmation', 'current_password'];

/** Does what Laravel's middleware does: trims text other than passwords, and turns empty text into null. */
export function cleaned<Body extends object>(body: Body): Body {
  const members = Object.entries(body).map(([name, value]) => {
    const text = typeof value === 'string' && !UNTRIMMED.includes(name) ? value.trim() : value;
    return [name, text === '' ? null : text];
  });
  return Object.fromEntries(members);
}

/**
 * Validates fields as Laravel does: a missing field gets one message, any other field one for each check that fails. A
 * field without a value passes unless it is required.
 */
export function errorsOf(fields: Fields, rules: RuleSet): FieldErrors {
  const errors: FieldErrors = {};
  for (const [name, { required, checks }] of Object.entries(rules)) {
    const value = fields[name];
    const label = name.replaceAll('_', ' ');
    if (isMissing(value)) {
      const isRequired = required === true || (required === 'sometimes' && value !== undefined);
      if (isRequired) errors[name] = [`The ${label} field is required.`];
      continue;
    }
    const broken = checks
      .map((check) => check(value, label, name, fields))
      .filter((each) => each !== undefined);
    if (broken.length > 0) errors[name] = broken;
  }
  return errors;
}

export function refused(errors: FieldErrors): Problem {
  return invalid('validation_failed', Object.values(errors)[0]![0]!, errors);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

export const string: Check = (value, label) =>
  typeof value === 'string' ? undefined : `The ${label} field must be a string.`;

export const email: Check = (value, label) =>
  typeof value === 'string' && isEmail(cleanIdentifier(value))
    ? undefined
    : `The ${label} field must be a valid email address.`;

export const min =
  (length: number): Check =>
  (value, label) =>
    lengthOf(value) < length ? `The ${label} field must be at least ${length} characters.` : undefined;

export const max =
  (length: number): Check =>
  (value, label) =>
    lengthOf(value) > length
      ? `The ${label} field must not be greater than ${length} characters.`
      : undefined;

/** The field `<name>_confirmation` must have the same value. */
export const confirmed: Check = (value, label, name, fields) =>
  fields[`${name}_confirmation`] === value ? undefined : `The ${label} field confirmation does not match.`;

export const boolean: Check = (value, label) =>
  [true, false, 1, 0, '1', '0'].includes(value as string)
    ? undefined
    : `The ${label} field must be true or false.`;

export const oneOf =
  (values: readonly string[]): Check =>
  (value, label) =>
    values.includes(value as string) ? undefined : `The selected ${label} is invalid.`;

/** Laravel's message for a value that does not match a pattern. */
export const matching =
  (test: (text: string) => boolean): Check =>
  (value, label) =>
    typeof value === 'string' && test(value) ? undefined : `The ${label} field format is invalid.`;

export const date: Check = (value, label) =>
  dayMeant(value) === undefined ? `The ${label} field must be a valid date.` : undefined;

/** Laravel's `before:today`. A text that is not a date fails `date` alone; a list fails both. */
export const beforeToday: Check = (value, label) => {
  const day = dayMeant(value);
  const today = new Date().toISOString().slice(0, 10);
  const isBefore = day === undefined ? typeof value !== 'object' : day < today;
  return isBefore ? undefined : `The ${label} field must be a date before today.`;
};

/** Laravel's `after_or_equal`. */
export const afterOrEqual =
  (first: string): Check =>
  (value, label) =>
    (dayMeant(value) ?? first) < first
      ? `The ${label} field must be a date after or equal to ${first}.`
      : undefined;

/** In code points, not UTF-16 units. As in Laravel, the size of a number or a boolean is that of its text. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return [...String(value)].length;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = /[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?$/;
const YEAR_FIRST = /^(\d{4})([-/])(\d\d?)\2(\d\d?)$/;
const DAY_FIRST = /^(\d\d?)([-.])(\d\d?)\2(\d{4})$/;
const AMERICAN = /^(\d\d?)\/(\d\d?)\/(\d{4})$/;
const DAY_OF_MONTH = /^(\d\d?) ([a-z]{3})[a-z]*\.?,? (\d{4})$/i;
const MONTH_AND_DAY = /^([a-z]{3})[a-z]*\.? (\d\d?),? (\d{4})$/i;
/** A time in UTC, as `Date#toJSON` writes it: a date picker sends midnight in its user's time zone in this form. */
const PICKED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/**
 * Parses the formats of dates that PHP's `strtotime` reads. A time in UTC (`PICKED`) is taken for midnight in another
 * time zone, and so for the day that begins nearest to it.
 *
 * @returns the day as `YYYY-MM-DD`, or undefined when the value is not a date
 */
export function dayMeant(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (PICKED.test(value)) {
    const moment = new Date(value);
    const isOnCalendar = onCalendar(...(value.slice(0, 10).split('-') as [string, string, string]));
    return isOnCalendar && !Number.isNaN(moment.getTime())
      ? new Date(moment.getTime() + 12 * 3_600_000).toISOString().slice(0, 10)
      : undefined;
  }
  const day = value.replace(TIME, '');
  const [, year, , month, dayOfMonth] = YEAR_FIRST.exec(day) ?? [];
  if (year) return onCalendar(year, month!, dayOfMonth!);
  const european = DAY_FIRST.exec(day);
  if (european) return onCalendar(european[4]!, european[3]!, european[1]!);
  const american = AMERICAN.exec(day);
  if (american) return onCalendar(american[3]!, american[1]!, american[2]!);
  const named = DAY_OF_MONTH.exec(day);
  if (named) return onCalendar(named[3]!, numberOf(named[2]!), named[1]!);
  const monthFirst = MONTH_AND_DAY.exec(day);
  return monthFirst ? onCalendar(monthFirst[3]!, numberOf(monthFirst[1]!), monthFirst[2]!) : undefined;
}

function numberOf(month: string): string {
  return String(MONTHS.indexOf(month.toLowerCase()) + 1);
}

function onCalendar(year: string, month: string, day: string): string | undefined {
  const written = [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-');
  const isDay = Number(year) > 0 && new Date(`${written}T00:00:00Z`).toJSON()?.startsWith(written);
  return isDay ? written : undefined;
}
