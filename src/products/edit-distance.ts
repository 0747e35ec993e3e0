const FORGIVEN_FROM = 4;
const ONE_EDIT_FROM = 5;
const TWO_EDITS_FROM = 8;

/** Whether typos in a word are forgiven: not in short ones, nor in numbers and codes. */
export function isForgivable(term: string): boolean {
  return [...term].length >= FORGIVEN_FROM && !/\d/.test(term);
}

/**
 * Whether a word of the catalogue, or its beginning, is at most one edit away from the typed word, from eight letters on
 * two. For four letters only a swap of two neighbours counts.
 */
export function isSimilar(typed: string, word: string): boolean {
  const from = [...typed];
  const to = [...word];
  const edits = from.length < TWO_EDITS_FROM ? 1 : 2;
  const lengths = from.length < ONE_EDIT_FROM ? [4] : [to.length, ...lengthsAround(from.length, edits)];
  return lengths.some(
    (length) =>
      length <= to.length && editDistance(from, to.slice(0, length)) <= edits && hasSameLetters(from, to),
  );
}

function lengthsAround(length: number, edits: number): number[] {
  return Array.from({ length: 2 * edits + 1 }, (_, index) => length - edits + index);
}

function hasSameLetters(from: string[], to: string[]): boolean {
  if (from.length >= ONE_EDIT_FROM) return true;
  return from.toSorted().join() === to.slice(0, from.length).toSorted().join();
}

/**
 * How many letters must be added, left out, replaced or swapped with their neighbour (the optimal string alignment
 * distance: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance).
 */
function editDistance(from: string[], to: string[]): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = rows[row - 1]![column - 1]! + Number(from[row - 1] !== to[column - 1]);
      let least = Math.min(replaced, rows[row - 1]![column]! + 1, current[column - 1]! + 1);
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) least = Math.min(least, rows[row - 2]![column - 2]! + 1);
      current.push(least);
    }
    rows.push(current);
  }
  return rows[from.length]![to.length]!;
}
