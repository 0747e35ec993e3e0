import slugify from 'slugify';
import { cleanIdentifier, identifierKey } from '../http/identifier.js';
import type { Category } from './category.entity.js';

const MAX_SLUG_LENGTH = 100;

/** Normalizes a name for storage: NFKC, trimmed, with single spaces. */
export function cleanName(name: string): string {
  return cleanIdentifier(name).replace(/\s+/g, ' ');
}

/** The unique key of a name: case and spaces do not count, signs do (`C++`). */
export function nameKey(name: string): string {
  return identifierKey(cleanName(name));
}

/** A slug of Latin letters and digits with hyphens, or `fallback` if the name has none. Never only digits, which are an id. */
function slugOf(name: string, fallback: string): string {
  const slug = slugify.default(name, { lower: true, strict: true }).slice(0, MAX_SLUG_LENGTH) || fallback;
  return /^\d+$/.test(slug) ? `n-${slug}` : slug;
}

/** A product's slug: never the name of another route below `/api/products`, which would hide the product. */
export function productSlugOf(name: string): string {
  const slug = slugOf(name, 'product');
  return PRODUCT_ROUTES.includes(slug) ? `product-${slug}` : slug;
}

/** Names of routes below `/api/products`. `test/api/products.spec.ts` compares them with the OpenAPI document. */
export const PRODUCT_ROUTES = ['available', 'facets', 'suggest'];

/** A slug that keeps the letters of a name without Latin letters (for example Japanese). */
export function categorySlugOf(name: string): string {
  return slugOf(
    name,
    nameKey(name)
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
  );
}

type Slugged = Pick<Category, 'name' | 'slug' | 'former_slugs'>;

/**
 * Whether a text that is no category's name stands for this category. Its slug does, also a former one, and in
 * any letter case (`GARDEN-AND-YARD`) if it loses nothing of the name but case, spaces and the sign `&`. A slug that loses
 * more than accents and apostrophes stands for no category: `5g` would be any of several names.
 */
export function isMeantBy(text: string, { name, slug, former_slugs }: Slugged): boolean {
  if (slug !== categorySlugOf(name)) return false;
  if (/^[a-z0-9\s&-]+$/i.test(name)) return true;
  return [slug, ...former_slugs].includes(text) && /^[\p{Script=Latin}\p{N}\p{M}\s&'’-]+$/u.test(name);
}
