import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Expose, Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { cleanIdentifier } from './identifier.js';

const MAX_INTEGER = 2 ** 31 - 1;

/**
 * Most characters (`leastPassword`: least) of fields about people, on every route. RFC 5321 limits an e-mail address; the
 * limit of a password keeps hashing cheap.
 */
export const LENGTHS = {
  username: 150,
  email: 254,
  name: 150,
  address: 500,
  password: 128,
  leastPassword: 8,
} as const;

/** The field may be missing. Unlike with `@IsOptional()`, `null` is validated as a value. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** The field may be missing, and `null` counts as missing: clients send back what they have read. */
export function NullAsMissing(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => value ?? undefined),
    Optional(),
    ApiProperty({ nullable: true }),
  );
}

/** The field may be missing, and an empty text counts as missing: a form sends it for an empty field. */
export function EmptyAsMissing(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (value === '' ? undefined : value)),
    Optional(),
  );
}

/** The field may be missing, and `null` clears it. */
export const Clearable = IsOptional;

/** `Clearable` also by an empty text, which a form sends for an empty field. */
export function ClearableInForms(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (value === '' ? null : value)),
    Clearable(),
  );
}

/** A whole number, also as a text in ASCII digits such as `" 7 "` or `"5.0"`. */
export function WholeNumber({ min, max = MAX_INTEGER }: { min: number; max?: number }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'integer', minimum: min, maximum: max, example: Math.max(min, 1) }),
    Transform(({ value }) => (isWholeNumberText(value) ? Number(value) : value)),
    IsInt({ message: '$property must be a whole number' }),
    Min(min),
    Max(max),
  );
}

/** A whole number that may be negative, up to `max` either way. */
export function SignedNumber({ max }: { max: number }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'integer', minimum: -max, maximum: max, example: -2 }),
    Transform(({ value }) =>
      typeof value === 'string' && /^[-+]?\d{1,16}$/.test(value) ? Number(value) : value,
    ),
    IsInt({ message: '$property must be a whole number' }),
    Min(-max),
    Max(max),
  );
}

function isWholeNumberText(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d{1,16}(\.0*)?$/.test(value.trim());
}

/** The id of a row. It does not check that the row exists. */
export function Id(): PropertyDecorator {
  return WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER });
}

const asText = Transform(({ value }) => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : value;
});

const DECIMAL = { type: 'string', format: 'decimal' } as const;

/** Documents an amount in an answer: a decimal string with two digits. */
export function ApiMoney(options: Pick<ApiPropertyOptions, 'nullable' | 'example'> = {}): PropertyDecorator {
  return ApiProperty({
    ...DECIMAL,
    pattern: '^\\d+\\.\\d{2}$',
    example: '24.50',
    ...options,
  } as ApiPropertyOptions);
}

/**
 * An amount of money from 0 with at most two decimals, as a JSON number or as a text such as `" .5 "` or `"5."`.
 *
 * @param digits most digits before the point: 8 for a price, 13 for the total of an order
 */
export function Money({ digits = 8 }: { digits?: 8 | 13 } = {}): PropertyDecorator {
  const message = `$property must be an amount from 0 to ${'9'.repeat(digits)}.99 with at most two decimals, such as "24.50"`;
  return applyDecorators(
    ApiProperty({ ...DECIMAL, pattern: `^\\d{1,${digits}}(\\.\\d{1,2})?$`, example: '24.50' }),
    asText,
    Matches(new RegExp(`^(\\d{1,${digits}}(\\.\\d{0,2})?|\\.\\d{1,2})$`), { message }),
  );
}

/** Text, trimmed; a number is converted to text. */
export function Text(max: number): PropertyDecorator {
  return applyDecorators(ApiProperty({ type: 'string', maxLength: max }), asText, IsString(), MaxLength(max));
}

/** An identifier such as a username, normalized by `cleanIdentifier`. */
export function Identifier(max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? cleanIdentifier(value) : value)),
    Text(max),
    IsNotEmpty({ message: '$property must not be empty' }),
  );
}

export function Email(): PropertyDecorator {
  return applyDecorators(Identifier(LENGTHS.email), IsEmail(), ApiProperty({ format: 'idn-email' }));
}

/** A new password. Any characters are allowed. */
export function NewPassword(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'password', minLength: LENGTHS.leastPassword, maxLength: LENGTHS.password }),
    IsString(),
    MinLength(LENGTHS.leastPassword),
    MaxLength(LENGTHS.password),
  );
}

/** Text that is not empty after trimming. */
export function RequiredText(max: number): PropertyDecorator {
  return applyDecorators(Text(max), Matches(/\S/, { message: '$property must not be empty' }));
}

/** Accepts `true` or `false` in any case, `1` or `0`, `on` or `off`. */
export function Flag(): PropertyDecorator {
  return applyDecorators(Transform(toBoolean), IsBoolean());
}

function toBoolean({ value }: { value: unknown }): unknown {
  if (value === 1) return true;
  if (value === 0) return false;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word === 'true' || word === '1' || word === 'on') return true;
  if (word === 'false' || word === '0' || word === 'off') return false;
  return value;
}

/** Objects of this class in a list. A list in place of an object is refused, although `ValidateNested` would accept it. */
export function Objects(type: () => new () => object): PropertyDecorator {
  return applyDecorators(
    ValidateNested({ each: true, message: 'must be an object' }),
    Type(type),
    Transform(({ value }) =>
      Array.isArray(value) ? value.map((item) => (Array.isArray(item) ? null : (item as unknown))) : value,
    ),
  );
}

/** Another name under which a client may send the field. */
function AlsoNamed(other: string): PropertyDecorator {
  return applyDecorators(
    Expose(),
    Transform(({ value, obj }) => (value === undefined ? (obj as Record<string, unknown>)[other] : value)),
  );
}

/** The id of a product, which clients of Django REST send as `product`. */
export function ProductId(): PropertyDecorator {
  return applyDecorators(Id(), AlsoNamed('product'));
}

const VALUE = { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'boolean' }, { type: 'null' }] };

/** Documents an object with arbitrary members. */
export function ApiValues(options: Pick<ApiPropertyOptions, 'nullable' | 'example'> = {}): PropertyDecorator {
  return ApiProperty({
    type: 'object',
    additionalProperties: VALUE,
    ...options,
  } as never);
}
