import { domainToASCII } from 'node:url';

/** Space and invisible characters around the text, such as direction marks from a copied text. */
const OUTER_SPACE = /^[\s\p{Cf}]+|(?<![\s\p{Cf}])[\s\p{Cf}]+$/gu;

/**
 * An identifier (username, e-mail, slug) in the form in which it is stored and shown: NFKC-normalized, so that composed
 * and decomposed letters are equal, and trimmed.
 */
export function cleanIdentifier(text: string): string {
  return text.normalize('NFKC').replace(OUTER_SPACE, '');
}

/**
 * The key by which an identifier is looked up and unique: the clean text with folded case, and the domain of an e-mail
 * address in ASCII (UTS 46). It is computed here and stored in a column, so that it does not depend on the database's
 * locale.
 */
export function identifierKey(text: string): string {
  const clean = cleanIdentifier(text);
  const at = clean.lastIndexOf('@');
  if (at === -1) return foldCase(clean);
  const domain = clean.slice(at + 1);
  return `${foldCase(clean.slice(0, at))}@${domainToASCII(domain) || foldCase(domain)}`;
}

/**
 * Approximates Unicode's full case folding by converting each character to upper and back to lower case: `ß` becomes `ss`,
 * and `ς` becomes `σ`. The dotless `ı` is left out, since it would become `i`.
 */
function foldCase(text: string): string {
  const folded = Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toUpperCase().toLowerCase()));
  return folded.join('').normalize('NFKC');
}
