import { WANTS_NEWS } from './wants-news-sql.js';

/** A movement `m` that filled an empty stock, other than a new product's first. $1 as below. */
const IS_RESTOCK = `m.delta > 0 AND m.stock_after = m.delta AND m.reason <> 'initial'
  AND m.created_at > now() - $1::interval`;

/**
 * Takes the news to mail now, and marks it as sent: favorites that are in stock again, or cheaper than when they were
 * added or last mailed. $1 maximum age of news (interval), $2 least time between two mails to a user (interval), $3 how
 * many users at most. Concurrent calls take different users (SKIP LOCKED).
 */
export const TAKE_FAVORITE_NEWS = `
WITH changed AS (
  SELECT m.product_id FROM stock_movements m WHERE ${IS_RESTOCK}
  UNION
  SELECT product_id FROM product_versions WHERE replaced_at > now() - $1::interval
), news AS (
  SELECT f.user_id, f.product_id, p.price, f.known_price
  FROM changed JOIN favorites f USING (product_id) JOIN products p ON p.id = f.product_id
  WHERE p.available
    AND (p.price < f.known_price OR EXISTS (
      SELECT FROM stock_movements m
      WHERE m.product_id = p.id AND ${IS_RESTOCK} AND m.created_at > greatest(f.created_at, f.told_at)
    ))
), readers AS (
  SELECT u.id FROM users u
  WHERE u.id IN (SELECT user_id FROM news) AND ${WANTS_NEWS}
    AND (u.favorites_told_at IS NULL OR u.favorites_told_at < now() - $2::interval)
  ORDER BY u.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
), marked AS (
  UPDATE users u SET favorites_told_at = now() FROM readers r WHERE u.id = r.id
), mailed AS (
  UPDATE favorites f SET known_price = least(n.price, n.known_price), told_at = now()
  FROM news n JOIN readers r ON r.id = n.user_id
  WHERE f.user_id = n.user_id AND f.product_id = n.product_id
)
SELECT n.user_id AS "userId", json_agg(json_build_object(
  'productId', n.product_id, 'before', CASE WHEN n.price < n.known_price THEN n.known_price::text END
) ORDER BY n.product_id) AS news
FROM news n JOIN readers r ON r.id = n.user_id GROUP BY n.user_id`;
