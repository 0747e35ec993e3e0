/** The addresses among $1 (keys) that an account has, or may still take back after a change of its address. */
export const FIND_TAKEN_EMAILS = `
SELECT email_key FROM users WHERE email_key = ANY($1::text[]) AND deleted_at IS NULL
UNION
SELECT recovery_email_key FROM users WHERE recovery_email_key = ANY($1::text[]) AND deleted_at IS NULL
UNION
SELECT email_key FROM email_undo_tokens
WHERE email_key = ANY($1::text[]) AND used_at IS NULL AND expires_at > now()`;

/** Inserts those users of the JSON array $1 whose usernames are free, in its order. */
export const INSERT_IMPORTED_USERS = `
INSERT INTO users (username, username_key, email, email_key, name, phone, birth_date, gender, role, password_hash,
                   shipping_address, billing_address, newsletter_subscription, language, email_verified_at, created_at,
                   updated_at)
SELECT username, username_key, email, email_key, name, phone, birth_date, gender, role, password_hash,
       shipping_address, billing_address, newsletter_subscription, coalesce(language, 'en'), email_verified_at,
       coalesce(created_at, now()), coalesce(created_at, now())
FROM jsonb_to_recordset($1::jsonb) AS imported (
  username text, username_key text, email text, email_key text, name text, phone text, birth_date date, gender text,
  role text, password_hash text, shipping_address text, billing_address text, newsletter_subscription boolean,
  language text, email_verified_at timestamptz, created_at timestamptz
)
ON CONFLICT DO NOTHING
RETURNING id, email_key`;
