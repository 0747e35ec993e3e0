import type { ThrottlerGetTrackerFunction } from '@nestjs/throttler';
import { createHash } from 'node:crypto';
import { identifierKey } from '../http/identifier.js';

/** No account has a longer name, so the rest is ignored. */
const LONGEST_NAME = 320;

/** Tracks by the account that the body names in this field. */
export const accountNamedBy =
  (field: 'username' | 'email'): ThrottlerGetTrackerFunction =>
  ({ body }) =>
    hashedName(String(body?.[field] ?? ''));

/** Tracks by the account of a mailed link. */
export const accountOfLink: ThrottlerGetTrackerFunction = ({ params }) => hashedName(String(params.uidb64));

export const signedInAccount: ThrottlerGetTrackerFunction = ({ user }) => String(user.id);

/** Hashes a name, so that counters hold no e-mail addresses. */
export function hashedName(name: string): string {
  return createHash('sha256')
    .update(identifierKey(name.slice(0, LONGEST_NAME)))
    .digest('base64url');
}
