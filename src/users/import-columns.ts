import { columnName } from '../http/csv.js';

/** The names of columns in other systems' exports, by our field, the most specific first. */
const COLUMNS = {
  email: [
    'email',
    'user_email',
    'email_address',
    'customer_email',
    'e_mail',
    'mail',
    'adresse_e_mail',
    'adresse_email',
    'courriel',
    'identifier',
    'entity_id',
    'billing_email',
  ],
  username: ['username', 'user_login', 'login', 'user_name', 'identifiant'],
  password_hash: [
    'password_hash',
    'encrypted_password',
    'user_pass',
    'passwd',
    'password_digest',
    'password',
    'provider_metadata',
  ],
  name: ['name', 'full_name', 'display_name', 'customer_name'],
  first_name: ['first_name', 'firstname', 'given_name', 'prenom', 'billing_first_name'],
  last_name: ['last_name', 'lastname', 'surname', 'nom', 'billing_last_name'],
  phone: [
    'phone',
    'phone_number',
    'telephone',
    'phone_mobile',
    'mobile',
    'tel',
    'billing_phone',
    'default_address_phone',
  ],
  birth_date: ['birth_date', 'birthdate', 'date_of_birth', 'dob', 'birthday', 'date_de_naissance'],
  gender: ['gender', 'id_gender', 'sex', 'social_title', 'titre_de_civilite'],
  created_at: [
    'created_at',
    'date_joined',
    'user_registered',
    'date_registered',
    'registered',
    'date_created',
    'date_add',
    'registration',
    'inscription',
    'sign_up',
    'customer_since',
  ],
  verified: [
    'email_verified_at',
    'confirmed_at',
    'email_verified',
    'verified',
    'is_verified',
    'email_confirmed',
  ],
  newsletter_subscription: [
    'newsletter_subscription',
    'newsletter',
    'accepts_email_marketing',
    'accepts_marketing',
    'is_subscribed',
  ],
  language: ['language', 'locale', 'lang'],
  role: ['role'],
  active: ['is_active', 'active', 'enabled', 'actif', 'status'],
  deleted: ['deleted_at', 'deleted', 'is_deleted'],
  guest: ['is_guest'],
  has_account: ['has_account'],
  shipping_address: ['shipping_address'],
  billing_address: ['billing_address'],
  shipping_street: ['shipping_address_1', 'default_address_address1', 'address1', 'street'],
  shipping_street_2: ['shipping_address_2', 'default_address_address2', 'address2'],
  shipping_postcode: ['shipping_postcode', 'default_address_zip', 'zip', 'postcode', 'postal_code'],
  shipping_city: ['shipping_city', 'default_address_city', 'city'],
  shipping_country: ['shipping_country', 'default_address_country_code', 'country_code', 'country'],
  billing_street: ['billing_address_1'],
  billing_street_2: ['billing_address_2'],
  billing_postcode: ['billing_postcode'],
  billing_city: ['billing_city'],
  billing_country: ['billing_country'],
} as const satisfies Record<string, readonly string[]>;

export type ImportField = keyof typeof COLUMNS;

/** The cells of a line, by our field; empty ones are left out. */
export type ImportCells = Partial<Record<ImportField, string>>;

/** Our field for each known name of a column. */
const FIELD_OF = new Map(
  Object.entries(COLUMNS).flatMap(([field, names]) =>
    names.map((name) => [name as string, field as ImportField] as const),
  ),
);

/** How databases and spreadsheets write a missing value. */
const NOTHING = /^(NULL|null|\\N|0000-00-00.*)?$/;

/** Excel and Shopify put an apostrophe before text that would be read as a formula or a number. */
const APOSTROPHE = /^'(?=[=+@\d-])/;

/** The columns of a header that are read. */
export interface ReadColumns {
  cellsOf(record: Record<string, unknown>): ImportCells;
  has(field: ImportField): boolean;
  unread: string[];
}

/** @param headers the names of the columns, or of the members of an object */
export function readColumns(headers: string[]): ReadColumns {
  const candidates = new Map<ImportField, string[]>();
  const unread: string[] = [];
  for (const header of headers) {
    const field = FIELD_OF.get(columnName(header));
    if (field) candidates.set(field, [...(candidates.get(field) ?? []), header]);
    else unread.push(header);
  }
  for (const [field, found] of candidates) {
    const rank = (header: string) => (COLUMNS[field] as readonly string[]).indexOf(columnName(header));
    found.sort((a, b) => rank(a) - rank(b));
  }
  return {
    unread,
    has: (field) => candidates.has(field),
    cellsOf: (record) => {
      const cells: ImportCells = {};
      for (const [field, found] of candidates) {
        const values = found.map((header) => textOf(record[header]));
        const filled = values.find((value) => value !== '' && (field !== 'email' || value.includes('@')));
        const value = filled ?? values.find((each) => each !== '');
        if (value !== undefined) cells[field] = value;
      }
      return cells;
    },
  };
}

/** A cell, or a member of a JSON object, as text; '' for nothing. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const trimmed = text.trim();
  return NOTHING.test(trimmed) ? '' : trimmed.replace(APOSTROPHE, '');
}
