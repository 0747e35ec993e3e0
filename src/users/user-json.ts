import { boolean, jsonObject, plainString, timestamp, verbatim } from '../database/sql.js';
import { USER_VERSION } from './user-version.js';

/** SQL of the JSON of a user `u`, as the API shows it; `userDto` makes the same from an entity. */
export const USER_JSON = jsonObject({
  id: verbatim('u.id'),
  username: 'u.username',
  email: 'u.email',
  email_verified: boolean('u.email_verified_at IS NOT NULL'),
  name: 'u.name',
  phone: 'u.phone',
  birth_date: 'u.birth_date',
  gender: 'u.gender',
  language: plainString('u.language'),
  role: plainString('u.role'),
  shipping_address: 'u.shipping_address',
  billing_address: 'u.billing_address',
  newsletter_subscription: boolean('u.newsletter_subscription'),
  favorite_mails: boolean('u.favorite_mails'),
  version: plainString(USER_VERSION.sql('u')),
  created_at: plainString(timestamp('u.created_at')),
  updated_at: plainString(timestamp('u.updated_at')),
});
