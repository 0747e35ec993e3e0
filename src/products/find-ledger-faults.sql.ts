export interface LedgerFault {
  product_id: number;
  fault: string;
}

/**
 * Products whose stock differs from the ledger, and orders whose units differ from it. It checks all of them in one
 * statement, so it names the tables of orders.
 */
export const FIND_LEDGER_FAULTS = `
WITH chain AS (
  SELECT product_id, sequence, delta, stock_after,
         lag(sequence, 1, 0) OVER by_sequence AS sequence_before,
         lag(stock_after, 1, 0) OVER by_sequence AS stock_before
  FROM stock_movements WINDOW by_sequence AS (PARTITION BY product_id ORDER BY sequence)
), newest AS (
  SELECT DISTINCT ON (product_id) product_id, sequence, stock_after
  FROM stock_movements ORDER BY product_id, sequence DESC
), moved AS (
  SELECT order_id, product_id, -sum(delta) AS quantity FROM stock_movements
  WHERE order_id IS NOT NULL GROUP BY order_id, product_id
), ordered AS (
  SELECT i.order_id, i.product_id, sum(CASE WHEN o.status = 'cancelled' THEN 0 ELSE i.quantity END) AS quantity
  FROM order_items i JOIN orders o ON o.id = i.order_id GROUP BY i.order_id, i.product_id
)
SELECT product_id, 'movement ' || sequence || ' does not follow from the one before' AS fault FROM chain
WHERE sequence <> sequence_before + 1 OR stock_after <> stock_before + delta
UNION ALL
SELECT p.id, 'stock is ' || p.stock || ', the ledger says ' || coalesce(n.stock_after::text, 'nothing')
FROM products p LEFT JOIN newest n ON n.product_id = p.id
WHERE (p.stock, p.stock_sequence) IS DISTINCT FROM (n.stock_after, n.sequence)
UNION ALL
SELECT product_id, 'order ' || order_id || ' holds ' || coalesce(o.quantity, 0)
                   || ', the ledger says ' || coalesce(m.quantity, 0)
FROM moved m FULL JOIN ordered o USING (order_id, product_id)
WHERE coalesce(m.quantity, 0) <> coalesce(o.quantity, 0)`;
