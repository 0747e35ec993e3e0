/**
 * Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV Injection), also where
 * apostrophes stand before it already: so `unescapeFormula` gives back each text as it was. Full-width signs count: Excel
 * reads them as the others.
 */
export function escapeFormula(text: string): string {
  return /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

/** A text that `escapeFormula` or another shop's export wrote. */
export function unescapeFormula(text: string): string {
  return text.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '');
}

/** `emailAddress`, `E-mail address` and `Email Address` are one name of a column. */
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

/** What databases and spreadsheets write, in English and French. @returns undefined for what is neither */
export function cellToBoolean(text: string): boolean | undefined {
  if (TRUE.test(text)) return true;
  return FALSE.test(text) ? false : undefined;
}
