import type { ImportNote } from './import-note.js';

/** The outcome of a line. `skipped`: the line is not a product here, for example the parent of variants. */
export const OUTCOMES = ['created', 'changed', 'unchanged', 'skipped', 'refused'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export interface LineReport {
  /** Number of the line, from 1; 0: the file as a whole. */
  line: number;
  outcome: Outcome;
  /** Name of the product. */
  name: string;
  /** Fields that change. */
  changes: string[];
  /** Why the line is refused, or which of its values were changed or left out. */
  notes: ImportNote[];
}

export type ImportTotals = Record<Outcome, number> & {
  /** Number of pictures that the file names, but that are neither stored here nor in the archive or folder of pictures. */
  pictures_left_out: number;
};

export function noTotals(): ImportTotals {
  return { created: 0, changed: 0, unchanged: 0, skipped: 0, refused: 0, pictures_left_out: 0 };
}

export function totalsText({
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
