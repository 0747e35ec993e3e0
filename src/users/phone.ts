const SPACE = /\s+/g;
const INVISIBLE = /\p{Cf}/gu;
const HYPHEN = /\p{Pd}|\u2212/gu;
const DOT = /[\u00b7\u2022\u2219\u22c5\u30fb]/g;
const SLASH = /[\u2044\u2215]/g;
const PHONE = /^(?=(?:\D*\d){3})[+0-9()[\]./ #*,;-]{3,40}$/;
const LONGEST = 60;
const EXTENSION = /^(.*\d.*?) ?(?:ext|x|poste)\.? ?(\d{1,8})$/i;

/**
 * Normalizes a phone number to ASCII digits, `+ ( ) . / - # *` and single spaces. Its grouping stays. An extension becomes
 * ` ext. 12`.
 */
export function cleanPhone(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/\p{Nd}/gu, digit)
    .replace(HYPHEN, '-')
    .replace(DOT, '.')
    .replace(SLASH, '/')
    .replace(SPACE, ' ')
    .trim()
    .replace(/^(?:tel|phone)[:.]? ?/i, '');
  return plain.length > LONGEST ? plain : plain.replace(EXTENSION, '$1 ext. $2');
}

/** Whether a clean phone number could be one: at least three digits, at most 40 characters. */
export function isPhone(clean: string): boolean {
  return PHONE.test(clean.replace(/ ext\. \d{1,8}$/, ''));
}

/** The ASCII digit for a decimal digit of any script: the ten digits of a script are consecutive code points. */
function digit(character: string): string {
  if (character <= '9') return character;
  const code = character.codePointAt(0)!;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
  return String(code - zero);
}
