/**
 * Writes a link over the user's older one of the same purpose. The same token again restarts its lifetime, but does not
 * make a used or revoked link usable. $1 user id, $2 purpose, $3 SHA-256 of the token, $4 address of the user, $5 its
 * key, $6 new address, $7 time of the request, $8 lifetime as an interval. It returns no row when a newer link was
 * requested, or the account is erased or disabled. The lock on the user's row orders this and an erasure: either the
 * erasure waits and deletes the link, or this waits and writes none.
 */
export const ISSUE_ACCOUNT_TOKEN = `
INSERT INTO account_tokens AS l (user_id, purpose, token_hash, email, email_key, new_email, requested_at, expires_at)
SELECT id, $2::text, $3::bytea, $4::text, $5::text, $6::text, $7::timestamptz, now() + $8::interval
FROM users WHERE id = $1 AND deleted_at IS NULL AND disabled_at IS NULL
FOR SHARE
ON CONFLICT ON CONSTRAINT account_tokens_pkey DO UPDATE SET
  token_hash = excluded.token_hash, email = excluded.email, email_key = excluded.email_key,
  new_email = excluded.new_email, requested_at = excluded.requested_at, expires_at = excluded.expires_at,
  used_at = CASE WHEN l.token_hash = excluded.token_hash THEN l.used_at END,
  revoked_at = CASE WHEN l.token_hash = excluded.token_hash THEN l.revoked_at END
WHERE l.requested_at <= excluded.requested_at
RETURNING used_at IS NULL AND revoked_at IS NULL AS usable`;
