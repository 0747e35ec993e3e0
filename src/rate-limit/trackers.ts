import type { ThrottlerGetTrackerFunction } from '@nestjs/throttler';
import { createHash } from 'node:crypto';
import { identifierKey } from '../http/identifier.js';

/** Longer ones are no names of accounts; they need not be told apart. */
const LONGEST_NAME = 320;

/** The account that a body names in this field. */
export const accountNamedBy =
  (field: 'username' | 'email'): ThrottlerGetTrackerFunction =>
  ({ body }) =>
    hashedName(String(body?.[field] ?? ''));

/** The account of a link from a mail. */
export const accountOfLink: ThrottlerGetTrackerFunction = ({ params }) => hashedName(String(params.uidb64));

export const signedInAccount: ThrottlerGetTrackerFunction = ({ user }) => String(user.id);

/** Hashed, so that the counters hold no address of anybody. */
export function hashedName(name: string): string {
  return createHash('sha256')
    .update(identifierKey(name.slice(0, LONGEST_NAME)))
    .digest('base64url');
}
