/**
 * Releases the jobs of workers that were killed: $1 interval after which a worker that says nothing counts as killed.
 * It calls the queue's own function, on the queue's own view.
 */
export const RELEASE_STALE_JOBS = `
SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT j.locked_by))
FROM graphile_worker.jobs j
WHERE j.locked_at < now() - $1::interval
  AND NOT EXISTS (SELECT 1 FROM job_workers w WHERE w.id = j.locked_by AND w.seen_at > now() - $1::interval)
HAVING count(*) > 0`;
