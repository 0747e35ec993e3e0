/**
 * Prefixes text that a spreadsheet would run as a formula with an apostrophe (OWASP, CSV Injection). A formula after
 * apostrophes gets one more, so that `unescapeFormula` restores every text exactly. Excel also runs formulas with
 * full-width signs.
 */
export function escapeFormula(text: string): string {
  return /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

/** Removes the apostrophe that `escapeFormula` or another shop's export added. */
export function unescapeFormula(text: string): string {
  return text.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '');
}

/** Normalizes the name of a column: `emailAddress`, `Email Address` and `email-address` become `email_address`. */
export function columnName(header: string): string {
  return header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

const TRUE = /^(t|true|1|y|yes|on|oui|o|vrai|active|actif|enabled|verified)$/i;
const FALSE = /^(f|false|0|n|no|off|non|faux|inactive|inactif|disabled|banned|blocked|declined)$/i;

/** Reads the booleans of databases and spreadsheets, in English and French. @returns undefined for other texts */
export function cellToBoolean(text: string): boolean | undefined {
  if (TRUE.test(text)) return true;
  return FALSE.test(text) ? false : undefined;
}
