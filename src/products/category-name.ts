import slugify from 'slugify';
import { cleanIdentifier, identifierKey } from '../http/identifier.js';

const MAX_SLUG_LENGTH = 100;

/** A name as it is stored: clean, with one space between words. */
export function cleanName(name: string): string {
  return cleanIdentifier(name).replace(/\s+/g, ' ');
}

/** What makes two names one category: the same words, however they are written. Signs are part of a word: `C++`. */
export function nameKey(name: string): string {
  return identifierKey(cleanName(name));
}

/** Latin letters and digits with hyphens, or `fallback` where a name has none. Never digits alone, which are an id. */
export function slugOf(name: string, fallback: string): string {
  const slug = slugify.default(name, { lower: true, strict: true }).slice(0, MAX_SLUG_LENGTH) || fallback;
  return /^\d+$/.test(slug) ? `n-${slug}` : slug;
}

/** A name without Latin letters (Japanese, say) keeps its own. */
export function categorySlugOf(name: string): string {
  return slugOf(
    name,
    nameKey(name)
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
  );
}

/** Whether nothing but case, spaces and accents tells a name from its slug, so that the slug can stand for it. */
export function isSpelledBySlug(name: string): boolean {
  return /^[\p{Script=Latin}\p{N}\p{M}\s&'’-]+$/u.test(name);
}
