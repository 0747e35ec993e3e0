import { createHash } from 'node:crypto';
import type { User } from './user.entity.js';

/** The fields that a client can change. The order is part of a version: a new field comes last. */
const FIELDS = [
  'username',
  'email',
  'name',
  'phone',
  'birth_date',
  'gender',
  'language',
  'role',
  'shipping_address',
  'billing_address',
  'newsletter_subscription',
  'favorite_mails',
] as const;

type Field = (typeof FIELDS)[number];

/** Hexadecimal digits: of two values that differ, one pair in 2³² has the same fingerprint. */
const LENGTH = 8;

/** A version of this or of another release, which may know other fields. */
export const USER_VERSION = new RegExp(`^([0-9a-f]{${LENGTH}}){1,100}$`);

/**
 * The version of a user: a fingerprint of each field. The shop keeps no earlier values of people, so that a version
 * cannot be looked up; it tells by itself which fields a client sends back as it read them.
 */
export function userVersion(user: Pick<User, Field>): string {
  return FIELDS.map((field) => fingerprint(user[field])).join('');
}

/** SQL of the version of a user `u`. */
export const USER_VERSION_SQL = `concat(${FIELDS.map(
  (field) =>
    `left(encode(sha256(convert_to(coalesce('=' || u.${field}::text, ''), 'UTF8')), 'hex'), ${LENGTH})`,
).join(', ')})`;

/** The changes without those fields that are as they were in this version. */
export function changedSince<Changes extends Partial<Pick<User, Field>>>(
  version: string,
  changes: Changes,
): Changes {
  const isAsRead = ([name, value]: [string, unknown]) => {
    const start = FIELDS.indexOf(name as Field) * LENGTH;
    return start >= 0 && version.slice(start, start + LENGTH) === fingerprint(value as User[Field]);
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isAsRead(change))) as Changes;
}

function fingerprint(value: User[Field]): string {
  const text = value === null ? '' : `=${value}`;
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}
