/**
 * Releases the jobs of workers that were killed: $1 interval without a heartbeat after which a worker counts as killed.
 * It uses graphile-worker's public function and view.
 */
export const RELEASE_STALE_JOBS = `
SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT j.locked_by))
FROM graphile_worker.jobs j
WHERE j.locked_at < now() - $1::interval
  AND NOT EXISTS (SELECT 1 FROM job_workers w WHERE w.id = j.locked_by AND w.seen_at > now() - $1::interval)
HAVING count(*) > 0`;
