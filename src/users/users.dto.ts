import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString, Matches, MaxLength, registerDecorator } from 'class-validator';
import {
  Clearable,
  ClearableInForms,
  Email,
  Flag,
  Identifier,
  LENGTHS,
  NewPassword,
  Optional,
  Text,
} from '../http/fields.js';
import { FINGERPRINT_VERSION } from '../http/fingerprint-version.js';
import { type Language, LANGUAGES } from '../http/language.js';
import { PageQuery } from '../http/paging.js';
import { type Role, ROLES } from '../http/role.js';
import { cleanPhone, isPhone } from './phone.js';
import type { User } from './user.entity.js';
import { USER_VERSION } from './user-version.js';
import { USERNAME } from './username.js';

export const GENDERS = ['male', 'female', 'other'] as const;

/** Earlier dates about people are typing errors, or how another system writes that there is none. */
export const EARLIEST_DAY = '1900-01-01';

/** A valid day from `EARLIEST_DAY` to today, as `YYYY-MM-DD`. */
function PastDate(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'pastDate',
      target: target.constructor,
      propertyName: property as string,
      options: { message: `$property must be a date in the past, from ${EARLIEST_DAY} on, as YYYY-MM-DD` },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          /^\d{4}-\d\d-\d\d$/.test(value) &&
          new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true &&
          value >= EARLIEST_DAY &&
          new Date(value) <= new Date(),
      },
    });
}

/** A phone number as a person wrote or pasted it. */
function Phone(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? cleanPhone(value) : value)),
    (target: object, property: string | symbol) =>
      registerDecorator({
        name: 'phone',
        target: target.constructor,
        propertyName: property as string,
        options: { message: '$property must be a phone number' },
        validator: { validate: (value: unknown) => typeof value === 'string' && isPhone(value) },
      }),
  );
}

/** Personal details; all are optional. */
class ProfileDto {
  @Optional()
  @Text(LENGTHS.name)
  @ApiProperty({ example: 'John Doe' })
  name?: string;

  /** In any notation; its grouping is kept. */
  @ClearableInForms()
  @Phone()
  @ApiProperty({ type: 'string', nullable: true, example: '0123456789' })
  phone?: string | null;

  @ClearableInForms()
  @PastDate()
  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '1990-01-01' })
  birth_date?: string | null;

  @ClearableInForms()
  @IsIn(GENDERS)
  @ApiProperty({ type: 'string', enum: GENDERS, enumName: 'Gender', nullable: true, example: 'male' })
  gender?: string | null;

  @ClearableInForms()
  @Text(LENGTHS.address)
  @ApiProperty({ nullable: true, example: '123 Rue de la Paix, 75001 Paris' })
  shipping_address?: string | null;

  @ClearableInForms()
  @Text(LENGTHS.address)
  @ApiProperty({ nullable: true, example: '123 Rue de la Paix, 75001 Paris' })
  billing_address?: string | null;

  @Optional()
  @Flag()
  newsletter_subscription?: boolean;

  /** Whether to get mails, at most one a day, about favorites that are in stock again, or cheaper than before. */
  @Optional()
  @Flag()
  favorite_mails?: boolean;

  /** Language of mails; left out at registration: the one that `Accept-Language` prefers. */
  @Optional()
  @IsIn(LANGUAGES)
  @ApiProperty({ enum: LANGUAGES, enumName: 'Language', example: 'fr' })
  language?: Language;
}

export class RegisterDto extends ProfileDto {
  /** Unique without regard to case and to how letters are composed; letters, digits and `. + - _`, or the e-mail itself. */
  @Identifier(LENGTHS.email)
  @Matches(USERNAME, {
    message: `$property may hold letters, digits and . + - _ only, at most ${LENGTHS.username}, or be the email itself`,
  })
  @ApiProperty({ example: 'john_doe' })
  username!: string;

  /** Unique without regard to case. */
  @Email()
  @ApiProperty({ example: 'john.doe@example.com' })
  email!: string;

  @NewPassword()
  @ApiProperty({ example: 'password123' })
  password!: string;
}

export class CreateUserDto extends RegisterDto {
  @Optional()
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES, enumName: 'Role', default: 'customer' })
  role?: Role;
}

/** Fields that are left out stay as they are. */
export class UpdateUserDto extends PartialType(CreateUserDto, { skipNullProperties: false }) {
  /** Required when a user changes its own password. */
  @Optional()
  @IsString()
  @MaxLength(LENGTHS.password)
  @ApiProperty({ format: 'password', example: 'password123' })
  current_password?: string;

  /** The `version` that was read: fields that are sent back as they were then stay as they are now. */
  @Clearable()
  @Matches(FINGERPRINT_VERSION, { message: '$property must be the version of a user' })
  @ApiProperty({ type: 'string', nullable: true })
  version?: string | null;
}

export class UsersQuery extends PageQuery {
  /** Part of a username, e-mail or name. */
  @Optional()
  @Text(100)
  search?: string;
}

export class UserDto {
  @ApiProperty({ type: 'integer', example: 2 })
  id!: number;

  @ApiProperty({ example: 'john' })
  username!: string;

  @ApiProperty({ example: 'john@example.com' })
  email!: string;

  /** Whether its owner followed the link that was mailed there. */
  email_verified!: boolean;

  @ApiProperty({ example: 'John Doe' })
  name!: string;

  @ApiProperty({ type: 'string', nullable: true, example: '0123456789' })
  phone!: string | null;

  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '1990-01-01' })
  birth_date!: string | null;

  @ApiProperty({ type: 'string', nullable: true, enum: GENDERS, enumName: 'Gender', example: 'male' })
  gender!: string | null;

  @ApiProperty({ enum: LANGUAGES, enumName: 'Language' })
  language!: Language;

  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  role!: Role;

  @ApiProperty({ type: 'string', nullable: true })
  shipping_address!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  billing_address!: string | null;

  newsletter_subscription!: boolean;

  favorite_mails!: boolean;

  /** Version of the fields above. A client that sends it with its changes does not overwrite what others changed since. */
  @ApiProperty({ example: '5f3a0c19'.repeat(12) })
  version!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: Date;

  @ApiProperty({ type: 'string', format: 'date-time' })
  updated_at!: Date;
}

/** A user's own account; times are text, since a `Date` would cut their microseconds. */
export interface Account extends Omit<UserDto, 'role' | 'favorite_mails' | 'created_at' | 'updated_at'> {
  created_at: string;
  updated_at: string;
}

/** A user without the fields that only the password check needs. */
export function userDto(user: User): UserDto {
  const {
    password_hash: _hash,
    username_key: _usernameKey,
    email_key: _emailKey,
    recovery_email: _recoveryEmail,
    recovery_email_key: _recoveryEmailKey,
    search_text: _search,
    favorites_told_at: _told,
    deleted_at: _deleted,
    disabled_at: _disabled,
    email_verified_at,
    ...shown
  } = user;
  return { ...shown, email_verified: Boolean(email_verified_at), version: USER_VERSION.of(user) };
}
