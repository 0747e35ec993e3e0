/** Condition on a user `u` who gets mails about favorites: checked when news is collected and again at sending. */
export const WANTS_NEWS = `u.favorite_mails AND u.deleted_at IS NULL AND u.disabled_at IS NULL
    AND u.email_verified_at IS NOT NULL`;
