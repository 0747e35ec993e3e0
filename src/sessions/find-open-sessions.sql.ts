/**
 * The open sessions of these ids with the roles that their users have now, and what time it is by the clock that decides
 * what has run out: $1 session ids. Every signed-in request runs it, many share it; it names `users`, so that a lost
 * role, a deleted or a disabled account counts at once.
 */
export const FIND_OPEN_SESSIONS = `
SELECT s.id, s.user_id, u.role, extract(epoch FROM now())::float8 AS now
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = ANY($1::uuid[])
  AND s.ended_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL AND u.disabled_at IS NULL`;
