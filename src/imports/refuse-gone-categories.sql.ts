import { note } from './staged-products.js';

/**
 * Keeps the categories that staged lines name by id from deletion until the transaction ends. Returns the ids of those
 * that do not exist any more.
 */
export const KEEP_STAGED_CATEGORIES = `
WITH named AS (
  SELECT DISTINCT category_id AS id FROM staged_products WHERE category_id IS NOT NULL
), kept AS MATERIALIZED (
  SELECT c.id FROM categories c WHERE c.id IN (SELECT id FROM named) ORDER BY c.id FOR KEY SHARE
)
SELECT id FROM named WHERE id NOT IN (SELECT id FROM kept)`;

/** Refuses the lines that would write one of these categories: $1 array of ids. Returns what they were. */
export const REFUSE_GONE_CATEGORIES = `
UPDATE staged_products s SET refusals = s.refusals || ${note('category_unknown', 'id', 's.category_id')}
WHERE s.category_id = ANY($1::bigint[]) AND s.kind = 'product' AND s.refusals = '[]'
  AND (s.outcome IS NULL OR (s.outcome = 'changed' AND 'category' = ANY(s.changes)))
RETURNING s.line, coalesce(s.outcome, 'created') AS outcome, coalesce(s.name, '') AS name,
  coalesce(s.changes, '{}') AS changes, s.refusals || s.notes AS notes`;
