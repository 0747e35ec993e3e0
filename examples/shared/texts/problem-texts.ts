import type { TextKey } from './texts.js';

/** The codes of problems that buyers can get. */
const BY_CODE: Record<string, TextKey> = {
  network: 'error.network',
  busy: 'error.busy',
  too_many_requests: 'error.busy',
  conflict: 'error.busy',
  no_active_account: 'error.no_active_account',
  validation_failed: 'error.fields',
  insufficient_stock: 'error.insufficient_stock',
  product_not_found: 'error.product_not_found',
  cart_empty: 'cart.empty',
  cart_full: 'error.cart_full',
  cart_item_not_found: 'error.cart_item_not_found',
  cart_token_not_valid: 'error.cart_token_not_valid',
  order_not_found: 'orders.missing',
  order_not_editable: 'error.order_not_editable',
  invalid_status_transition: 'error.order_not_editable',
  session_not_found: 'error.session_not_found',
  link_invalid: 'error.link_invalid',
  last_admin: 'error.last_admin',
};

/** The API's messages about fields of forms, which have no codes. */
const BY_MESSAGE: [RegExp, TextKey][] = [
  [/already exists/, 'error.taken'],
  [/password is missing or wrong/, 'error.wrongPassword'],
  [/passwords are not the same/, 'error.passwordsDiffer'],
  [/must be an email/, 'error.email'],
  [/with an @ must be the email/, 'error.usernameEmail'],
  [/letters, digits/, 'error.username'],
  [/must be a phone number/, 'error.phone'],
  [/date in the past/, 'error.birthDate'],
  [/address that the account has/, 'error.sameEmail'],
  [/must be longer/, 'error.tooShort'],
  [/must be shorter/, 'error.tooLong'],
  [/must not be empty|is required/, 'error.required'],
];

/** @returns undefined for an unknown code */
export function textOfProblem(code: string, status: number): TextKey | undefined {
  return BY_CODE[code] ?? (status >= 500 ? 'error.server' : undefined);
}

/** @returns undefined for an unknown message */
export function textOfFieldMessage(message: string): TextKey | undefined {
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}
