import { FingerprintVersion } from '../http/fingerprint-version.js';

/** The shop keeps no earlier values of people. */
export const USER_VERSION = new FingerprintVersion([
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
]);
