import { LENGTHS } from '../http/fields.js';
import { FINGERPRINT_VERSION } from '../http/fingerprint-version.js';
import { LANGUAGES } from '../http/language.js';
import { cleanPhone, isPhone } from '../users/phone.js';
import { EARLIEST_DAY, GENDERS } from '../users/users.dto.js';
import {
  afterOrEqual,
  beforeToday,
  boolean,
  confirmed,
  date,
  email,
  matching,
  max,
  min,
  oneOf,
  type RuleSet,
  string,
} from './validation.js';

const PERSON = {
  name: { required: true, checks: [string, max(LENGTHS.name)] },
  email: { required: true, checks: [string, email, max(LENGTHS.email)] },
  phone: { checks: [matching((text) => isPhone(cleanPhone(text)))] },
  birth_date: { checks: [date, beforeToday, afterOrEqual(EARLIEST_DAY)] },
  gender: { checks: [oneOf(GENDERS)] },
  newsletter_subscription: { checks: [boolean] },
  language: { checks: [oneOf(LANGUAGES)] },
} satisfies RuleSet;

const NEW_PASSWORD = {
  required: true,
  checks: [string, min(LENGTHS.leastPassword), max(LENGTHS.password), confirmed],
} satisfies RuleSet[string];

const { name, email: address, ...OPTIONAL } = PERSON;

export const REGISTRATION: RuleSet = { name, email: address, password: NEW_PASSWORD, ...OPTIONAL };

export const LOGIN: RuleSet = {
  email: { required: true, checks: [string, max(LENGTHS.email)] },
  password: { required: true, checks: [string, max(LENGTHS.password)] },
};

export const PROFILE: RuleSet = {
  version: { checks: [matching((text) => FINGERPRINT_VERSION.test(text))] },
  name: { ...name, required: 'sometimes' },
  email: { ...address, required: 'sometimes' },
  ...OPTIONAL,
  shipping_address: { checks: [string, max(LENGTHS.address)] },
  billing_address: { checks: [string, max(LENGTHS.address)] },
};

export const CHANGE_PASSWORD: RuleSet = {
  current_password: { required: true, checks: [string, max(LENGTHS.password)] },
  password: NEW_PASSWORD,
};
