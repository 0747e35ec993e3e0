import { note } from './staged-products.js';

/**
 * Copies missing values from parents to their staged variants: $1 the most characters of a name. A variant is refused when
 * its parent is missing in the file, or refused.
 */
export const COMPLETE_STAGED_VARIANTS = `
WITH parents AS (
  SELECT DISTINCT ON (ref) ref, p.* FROM staged_products p, unnest(p.refs) ref ORDER BY ref, p.line
), variants AS (
  SELECT v.line AS variant, p.* FROM staged_products v LEFT JOIN parents p ON p.ref = v.parent WHERE v.parent IS NOT NULL
)
UPDATE staged_products v SET
  name = CASE WHEN v.option IS NULL OR p.name IS NULL THEN v.name
              ELSE left(p.name, $1::integer - 3 - length(v.option)) || ' – ' || v.option END,
  description = coalesce(v.description, p.description),
  on_sale = v.on_sale AND coalesce(p.on_sale, true),
  says_category = true,
  category = coalesce(v.category, p.category),
  pictures = CASE WHEN v.pictures = '{}' THEN p.pictures ELSE v.pictures END,
  alts = CASE WHEN v.pictures = '{}' THEN p.alts ELSE v.alts END,
  notes = v.notes || ${note('variant_of', 'name', 'p.name')},
  refusals = v.refusals ||
    CASE WHEN p.ref IS NULL THEN ${note('parent_unknown', 'parent', 'v.parent')}
         WHEN p.refusals <> '[]' THEN ${note('parent_refused', 'line', 'p.line')} ELSE '[]' END
FROM variants p WHERE p.variant = v.line`;
