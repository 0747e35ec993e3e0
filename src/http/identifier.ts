import { domainToASCII } from 'node:url';

/** Space and invisible characters, such as direction marks that come along when text is copied. */
const OUTER_SPACE = /^[\s\p{Cf}]+|(?<![\s\p{Cf}])[\s\p{Cf}]+$/gu;

/**
 * An identifier (username, e-mail, slug) as it is stored and shown: in Unicode's compatibility form (NFKC), so that
 * composed and decomposed letters are one, without the space around it.
 */
export function cleanIdentifier(text: string): string {
  return text.normalize('NFKC').replace(OUTER_SPACE, '');
}

/**
 * The key by which an identifier is found and must be unique: the clean text with its case folded and the domain of an
 * address in ASCII (UTS 46). Computed here and stored in a column, so that it depends on no database's locale.
 */
export function identifierKey(text: string): string {
  const clean = cleanIdentifier(text);
  const at = clean.lastIndexOf('@');
  if (at === -1) return foldCase(clean);
  const domain = clean.slice(at + 1);
  return `${foldCase(clean.slice(0, at))}@${domainToASCII(domain) || foldCase(domain)}`;
}

/**
 * Unicode's full case folding: to upper case and back, each character by itself, makes `ss` of ß and one letter of both
 * forms of the small sigma. Only the dotless i would become the other one by it.
 */
function foldCase(text: string): string {
  const folded = Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toUpperCase().toLowerCase()));
  return folded.join('').normalize('NFKC');
}
