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
