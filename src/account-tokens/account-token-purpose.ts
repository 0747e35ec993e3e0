export const TOKEN_PURPOSES = ['verify_email', 'reset_password', 'change_email'] as const;

export type AccountTokenPurpose = (typeof TOKEN_PURPOSES)[number];

/** How long a link is valid, as PostgreSQL intervals. They start when the mail is sent, not at the request. */
export const TOKEN_LIFETIMES: Record<AccountTokenPurpose, string> = {
  verify_email: '24 hours',
  reset_password: '30 minutes',
  change_email: '30 minutes',
};

/** PostgreSQL interval after a change of address: for so long the link in the notice restores the earlier address. */
export const UNDO_LIFETIME = '7 days';
export const UNDO_ROUTE = 'undo-email-change';

/** The path segment under `/api/auth/` of each purpose's link. */
export const LINK_ROUTES: Record<AccountTokenPurpose, string> = {
  verify_email: 'verify-email',
  reset_password: 'password_reset_confirm',
  change_email: 'confirm-email',
};
