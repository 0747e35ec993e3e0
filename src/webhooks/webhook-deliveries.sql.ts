import { AT_MOST_A_PAGE, countedTotal, pageSql } from '../database/page-sql.js';
import { jsonObject, timestamp } from '../database/sql.js';

const DELIVERY = jsonObject({
  id: 'd.id',
  event_id: 'd.event_id',
  type: 'e.type',
  data: 'e.data::text',
  status: 'd.status',
  attempts: 'd.attempts',
  attempted_at: timestamp('d.attempted_at'),
  answer_status: 'd.answer_status',
  answer: 'd.answer',
  error: 'd.error',
  created_at: timestamp('d.created_at'),
});

/** A delivery to an endpoint: $1 endpoint id, $2 delivery id or NULL, $3 event id or NULL. */
export const READ_WEBHOOK_DELIVERY = `
SELECT ${DELIVERY}::text AS json FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
WHERE d.endpoint_id = $1 AND (d.id = $2::bigint OR d.event_id = $3::uuid)`;

/**
 * A page of the deliveries to an endpoint, the newest first: $1 endpoint id, $2 size, $3 offset, $4 id of the row before
 * the page, or NULL.
 */
export const LIST_WEBHOOK_DELIVERIES = pageSql(
  countedTotal('webhook_deliveries WHERE endpoint_id = $1'),
  `SELECT d.id, d.id::text AS key, ${DELIVERY}::text AS json
   FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
   WHERE d.endpoint_id = $1 AND ($4::bigint IS NULL OR d.id < $4::bigint)
   ORDER BY d.id DESC OFFSET $3::bigint ${AT_MOST_A_PAGE}`,
  '$2',
);
