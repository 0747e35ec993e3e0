/**
 * The open sessions of these ids, with the present roles of their users and the database's time: $1 session ids. Every
 * signed-in request needs it, and concurrent ones share it. It reads `users`, so that a changed role, a deleted or a
 * disabled account has effect at once.
 */
export const FIND_OPEN_SESSIONS = `
SELECT s.id, s.user_id, u.role, extract(epoch FROM now())::float8 AS now
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = ANY($1::uuid[])
  AND s.ended_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL AND u.disabled_at IS NULL`;
