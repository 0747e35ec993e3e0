import { isEmail } from 'class-validator';
import { cellToBoolean } from '../http/csv.js';
import { LENGTHS } from '../http/fields.js';
import { cleanIdentifier, identifierKey } from '../http/identifier.js';
import type { ImportCells, ImportField } from './import-columns.js';
import { toGender, toLanguage, toMoment } from './import-values.js';
import { markForeign, NO_PASSWORD, readHash } from './password-hash.js';
import { cleanPhone, isPhone } from './phone.js';
import { ROLES, type Role } from '../http/role.js';
import type { User } from './user.entity.js';
import { EARLIEST_DAY } from './users.dto.js';
import { USERNAME, usernameFrom } from './username.js';

export type ImportedUser = Pick<
  User,
  | 'username'
  | 'email'
  | 'name'
  | 'phone'
  | 'birth_date'
  | 'gender'
  | 'role'
  | 'password_hash'
  | 'shipping_address'
  | 'billing_address'
  | 'newsletter_subscription'
  | 'email_verified_at'
> & { created_at: Date | null; language: string | null };

/** The user of a line, with notes about values that were changed or left out. */
export interface ReadUser {
  user: ImportedUser;
  changes: string[];
}

/** Why a line is not imported. */
export interface Refusal {
  reason: string;
}

interface Reading {
  cells: ImportCells;
  changes: string[];
}

/**
 * The user of these cells. A line is only refused without a valid address, which every account needs. Other values that
 * cannot be read are left out, with a note.
 *
 * @param sealedPepper text that the other system appended to each password (Devise), sealed
 */
export function readUser(cells: ImportCells, sealedPepper?: string): ReadUser | Refusal {
  const inactive = reasonOfInactivity(cells);
  if (inactive) return { reason: inactive };
  const email = cleanIdentifier(cells.email ?? '');
  if (!email) return { reason: 'email: is required' };
  if (email.length > LENGTHS.email || !isEmail(email)) return { reason: 'email: is no address' };

  const reading: Reading = { cells, changes: [] };
  const created_at = past(reading, 'created_at');
  const user: ImportedUser = {
    username: username(reading, email),
    email,
    name: name(reading),
    phone: phone(reading),
    birth_date: past(reading, 'birth_date')?.toISOString().slice(0, 10) ?? null,
    gender: readCell(reading, 'gender', toGender) ?? null,
    role: role(reading),
    password_hash: hash(reading, sealedPepper),
    ...addresses(reading),
    newsletter_subscription: readCell(reading, 'newsletter_subscription', cellToBoolean) ?? false,
    email_verified_at: verifiedAt(cells, created_at),
    created_at,
    language: cells.language ? (toLanguage(cells.language) ?? null) : null,
  };
  return { user, changes: reading.changes };
}

/** Why the user is not imported: an import gives no access to users who were locked out, deleted or had no account. */
function reasonOfInactivity({ active, deleted, guest, has_account }: ImportCells): string | undefined {
  if (active && cellToBoolean(active) === false) return `is not active there (${active.slice(0, 20)})`;
  if (deleted && cellToBoolean(deleted) !== false) return 'is deleted there';
  const isGuest = (guest && cellToBoolean(guest)) || (has_account && cellToBoolean(has_account) === false);
  return isGuest ? 'is a guest there, without an account' : undefined;
}

function username({ cells, changes }: Reading, email: string): string {
  const clean = cleanIdentifier(cells.username ?? '');
  if (clean === '') return usernameFrom(email, 1);
  const isOwn = !clean.includes('@') || identifierKey(clean) === identifierKey(email);
  if (isOwn && USERNAME.test(clean)) return clean;
  const made = isOwn ? usernameFrom(`${clean.slice(0, LENGTHS.username)}@`, 1) : usernameFrom(email, 1);
  changes.push(`username: ${made}, since a username here holds letters, digits and . + - _ only`);
  return made;
}

function name(reading: Reading): string {
  const { name: whole, first_name: first, last_name: last } = reading.cells;
  const parts = [first, last].filter(Boolean);
  return shortened(reading, 'name', (parts.length > 0 ? parts.join(' ') : whole) ?? '', LENGTHS.name);
}

function phone({ cells, changes }: Reading): string | null {
  if (!cells.phone) return null;
  const clean = cleanPhone(cells.phone);
  if (isPhone(clean)) return clean;
  changes.push('phone: left out, it is no phone number');
  return null;
}

/** Only the exact word makes an admin, since other roles mean other things in other systems. */
function role({ cells, changes }: Reading): Role {
  const known = ROLES.find((each) => each === cells.role);
  if (!known && cells.role) changes.push('role: customer');
  return known ?? 'customer';
}

function hash({ cells, changes }: Reading, sealedPepper?: string): string {
  const stored = passwordIn(cells.password_hash ?? '');
  const foreign = markForeign(stored, sealedPepper);
  if (readHash(foreign)) return foreign;
  if (stored !== '') {
    const what = /^(md5\$.*|[0-9a-f]{32}(:.*)?)$/i.test(stored)
      ? 'MD5 is refused'
      : 'it cannot be verified here';
    changes.push(`password_hash: left out, ${what}; the account must reset its password`);
  }
  return NO_PASSWORD;
}

/** Medusa 2 keeps it in a JSON object. */
function passwordIn(cell: string): string {
  if (!cell.startsWith('{')) return cell;
  try {
    const { password } = JSON.parse(cell);
    return typeof password === 'string' ? password : '';
  } catch {
    return '';
  }
}

function addresses(reading: Reading): Pick<ImportedUser, 'shipping_address' | 'billing_address'> {
  const { cells } = reading;
  const shipping = cells.shipping_address ?? assembled(cells, 'shipping');
  const billing = cells.billing_address ?? assembled(cells, 'billing');
  return {
    shipping_address: shortened(reading, 'shipping_address', shipping, LENGTHS.address) || null,
    billing_address: shortened(reading, 'billing_address', billing, LENGTHS.address) || null,
  };
}

function assembled(cells: ImportCells, kind: 'shipping' | 'billing'): string {
  const city = [cells[`${kind}_postcode`], cells[`${kind}_city`]].filter(Boolean).join(' ');
  const parts = [cells[`${kind}_street`], cells[`${kind}_street_2`], city, cells[`${kind}_country`]];
  return parts.filter(Boolean).join(', ');
}

/** `t`, or when it was verified; then at the latest when the account was there. */
function verifiedAt({ verified }: ImportCells, createdAt: Date | null): Date | null {
  if (!verified) return null;
  const isVerified = cellToBoolean(verified);
  if (isVerified !== undefined) return isVerified ? (createdAt ?? new Date()) : null;
  const moment = toMoment(verified);
  return moment && moment.getTime() <= Date.now() ? moment : null;
}

function past(reading: Reading, field: 'created_at' | 'birth_date'): Date | null {
  const moment = readCell(reading, field, toMoment);
  if (!moment) return null;
  const isTooEarly = moment.toJSON() < EARLIEST_DAY;
  if (!isTooEarly && moment.getTime() <= Date.now()) return moment;
  reading.changes.push(
    `${field}: left out, it is ${isTooEarly ? `before ${EARLIEST_DAY}` : 'not in the past'}`,
  );
  return null;
}

/** Reads a cell; a value that cannot be read is left out, with a note. */
function readCell<Value>(
  { cells, changes }: Reading,
  field: ImportField,
  read: (text: string) => Value | undefined,
): Value | undefined {
  const text = cells[field];
  const value = text ? read(text) : undefined;
  if (text && value === undefined)
    changes.push(`${field}: left out, ${JSON.stringify(text.slice(0, 40))} says nothing`);
  return value;
}

function shortened({ changes }: Reading, field: string, text: string, longest: number): string {
  if (/[\0\uFFFD]/.test(text)) {
    changes.push(`${field}: left out, it holds characters that are none`);
    return '';
  }
  if (text.length <= longest) return text;
  changes.push(`${field}: cut after ${longest} characters`);
  return text.slice(0, longest).toWellFormed();
}
