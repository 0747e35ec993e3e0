/** The API's messages about fields, which have no codes. A named group of a pattern is a value of the text. */
const TEXTS = [
  [/ must be an amount from 0 to (?<most>[\d.]+)/, 'problem.amount'],
  [/ must be a percentage from (?<least>\S+) to (?<most>\S+)/, 'problem.percentage'],
  [/ must be a whole number/, 'problem.wholeNumber'],
  [/ must not be less than (?<least>\S+)$/, 'problem.tooSmall'],
  [/ must not be greater than (?<most>\S+)$/, 'problem.tooGreat'],
  [/ must be shorter than or equal to (?<count>\d+) characters/, 'problem.tooLong'],
  [/ must be longer than or equal to (?<count>\d+) characters/, 'problem.tooShort'],
  [/ must not be empty$| is required$/, 'problem.required'],
  [/ must hold a letter or a digit$/, 'problem.noLetter'],
  [/ must be lower-case letters and digits with hyphens$/, 'problem.slug'],
  [/^Another category has this slug/, 'problem.slugTaken'],
  [/ must be an email$/, 'problem.email'],
  [/ may hold letters, digits and /, 'problem.username'],
  [/^A username with an @ must be the email/, 'problem.usernameEmail'],
  [/ already exists/, 'problem.taken'],
  [/ must be a date in the past/, 'problem.pastDate'],
  [/ must be a phone number$/, 'problem.phone'],
  [/^A product has at most (?<count>\d+) units/, 'problem.stockTooGreat'],
  [/^A product has at most (?<count>\d+) pictures/, 'problem.tooManyPictures'],
  [/^There is no such category/, 'error.category_not_found'],
  [/^These products would get an impossible price: (?<ids>.+)$/, 'problem.noPrice'],
  [/^Deleted products can only be restored/, 'problem.onlyRestored'],
] as const;

interface FieldProblem {
  key: (typeof TEXTS)[number][1];
  values: Record<string, string>;
}

/** @returns undefined for a message without a text in the admin */
export function fieldProblem(message: string): FieldProblem | undefined {
  for (const [pattern, key] of TEXTS) {
    const found = pattern.exec(message);
    if (found) return { key, values: { ...found.groups } };
  }
  return undefined;
}
