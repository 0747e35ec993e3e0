export const TOKEN_PURPOSES = ['verify_email', 'reset_password', 'change_email'] as const;

export type AccountTokenPurpose = (typeof TOKEN_PURPOSES)[number];

/** PostgreSQL intervals from the sending of the mail; a mail that is late has the same time. */
export const TOKEN_LIFETIMES: Record<AccountTokenPurpose, string> = {
  verify_email: '24 hours',
  reset_password: '30 minutes',
  change_email: '30 minutes',
};

/** PostgreSQL interval from the change of an address during which its link gives the earlier one back. */
export const UNDO_LIFETIME = '7 days';
export const UNDO_ROUTE = 'undo-email-change';

/** Where a link of each purpose leads. */
export const LINK_ROUTES: Record<AccountTokenPurpose, string> = {
  verify_email: 'verify-email',
  reset_password: 'password_reset_confirm',
  change_email: 'confirm-email',
};
