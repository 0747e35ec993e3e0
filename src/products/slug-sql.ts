import { PRODUCT_ROUTES } from './category-name.js';

/** SQL of a new slug for a product that cannot have `slug`. It is random, since any other one may be taken as well. */
export function otherSlug(slug: string): string {
  return `${slug} || '-' || substr(md5(random()::text), 1, 8)`;
}

/** SQL of the slug of a product that is changed: one from before a route had that name would hide the product. */
export function visibleSlug(slug: string): string {
  const routes = PRODUCT_ROUTES.map((route) => `'${route}'`).join(', ');
  return `CASE WHEN ${slug} IN (${routes}) THEN ${otherSlug(slug)} ELSE ${slug} END`;
}
