import type { ImportNote } from './import-note.js';

/** What becomes of a line. `skipped` is what is no product here, such as the parent of variants. */
export const OUTCOMES = ['created', 'changed', 'unchanged', 'skipped', 'refused'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export interface LineReport {
  /** Of the file, from 1; 0 is the file as a whole. */
  line: number;
  outcome: Outcome;
  /** Of the product. */
  name: string;
  /** Fields that change. */
  changes: string[];
  /** Why it is refused, or what of it is not taken as it stands. */
  notes: ImportNote[];
}

export type ImportTotals = Record<Outcome, number> & {
  /** That the file names, and that are neither here nor given along. */
  pictures_left_out: number;
};

export function noTotals(): ImportTotals {
  return { created: 0, changed: 0, unchanged: 0, skipped: 0, refused: 0, pictures_left_out: 0 };
}

export function sayTotals({
  created,
  changed,
  unchanged,
  skipped,
  refused,
  ...totals
}: ImportTotals): string {
  const pictures = totals.pictures_left_out;
  const leftOut = pictures > 0 ? ` Pictures left out: ${pictures}.` : '';
  return `${created} created, ${changed} changed, ${unchanged} unchanged, ${skipped} skipped, ${refused} refused.${leftOut}`;
}
