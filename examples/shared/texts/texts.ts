import type { en } from './en.js';

interface Plural {
  one: string;
  other: string;
}

export type TextKey = keyof typeof en;

/** A language has every text of the English one: the compiler names those that are missing. */
export type Texts = { [Key in TextKey]: (typeof en)[Key] extends string ? string : Plural };
