/** Names of the job queue's tasks that send mails. */
const MAIL_TASKS = `('mail', 'favorites mail')`;

const STATUS = `CASE WHEN j.locked_at IS NOT NULL THEN 'running' WHEN j.attempts >= j.max_attempts THEN 'failed'
  WHEN j.attempts > 0 THEN 'retrying' ELSE 'queued' END`;

/** Jobs other than mails, as a subquery. */
export const JOBS = `(SELECT j.id, k.identifier AS task, ${STATUS} AS status, j.attempts::integer, j.max_attempts::integer,
      j.run_at, j.created_at, j.updated_at, j.last_error
    FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks k ON k.id = j.task_id
    WHERE k.identifier NOT IN ${MAIL_TASKS})`;

/**
 * Mails that are queued, failed or sent, as a subquery. A mail has the id of its job. The payload's seed is left out: the
 * link in the mail is made from it.
 */
export const MAILS = `(SELECT j.id, coalesce(j.payload ->> 'kind', 'favorites_news') AS kind,
      (j.payload ->> 'userId')::bigint AS user_id, (j.payload ->> 'orderId')::bigint AS order_id,
      coalesce(j.payload ->> 'newEmail', j.payload ->> 'email') AS email, NULL::text AS subject, ${STATUS} AS status,
      j.attempts::integer, j.created_at, j.run_at, NULL::timestamptz AS sent_at, j.last_error
    FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks k ON k.id = j.task_id
    WHERE k.identifier IN ${MAIL_TASKS} AND NOT EXISTS (SELECT FROM sent_mails s WHERE s.id = j.id)
    UNION ALL
    SELECT id, kind, user_id, order_id, email, subject, 'sent', NULL, queued_at, NULL, sent_at, NULL FROM sent_mails)`;
