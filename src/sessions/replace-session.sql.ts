/**
 * Ends a session and opens another for its user, unless it had ended: $1 session id, $2 id of the successor, $3 its
 * seed, $4 and $5 idle and absolute lifetime as intervals, $6 user agent, $7 address. It locks the user's row, so
 * that a change of the password ends the successor too.
 */
export const REPLACE_SESSION = `
WITH owner AS (
  SELECT id FROM users WHERE id = (SELECT user_id FROM sessions WHERE id = $1) AND deleted_at IS NULL AND disabled_at IS NULL FOR SHARE
), ended AS (
  UPDATE sessions SET ended_at = now()
  WHERE id = $1 AND user_id = (SELECT id FROM owner) AND ended_at IS NULL AND expires_at > now()
  RETURNING user_id, created_at
)
INSERT INTO sessions (id, user_id, seed, created_at, expires_at, user_agent, address)
SELECT $2, user_id, $3, created_at, least(now() + $4::interval, created_at + $5::interval), $6, $7 FROM ended
RETURNING floor(extract(epoch FROM now()))::float8 AS now`;
