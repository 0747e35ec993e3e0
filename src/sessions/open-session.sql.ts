/**
 * Opens a session for a user who still has this password, and may sign in: $1 session id, $2 user id, $3 verified password
 * hash, $4 seed, $5 lifetime as an interval, $6 user agent, $7 address. It locks the user's row, as a change of the
 * password does: an earlier change is seen here, and a later one ends this session with the others.
 */
export const OPEN_SESSION = `
WITH owner AS (
  SELECT id FROM users WHERE id = $2 AND password_hash = $3 AND deleted_at IS NULL AND disabled_at IS NULL FOR SHARE
)
INSERT INTO sessions (id, user_id, seed, expires_at, user_agent, address)
SELECT $1, id, $4, now() + $5::interval, $6, $7 FROM owner
RETURNING floor(extract(epoch FROM now()))::float8 AS now`;
