import { OmitType } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { registerDecorator, validateSync } from 'class-validator';
import { Optional, toBoolean } from '../http/fields.js';
import { readHash } from './password-hash.js';
import { CreateUserDto } from './users.dto.js';

/** A hash that a login can verify. */
function KnownHash(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'knownHash',
      target: target.constructor,
      propertyName: property as string,
      options: { message: '$property is in no format that a login could verify' },
      validator: { validate: (value: unknown) => typeof value === 'string' && readHash(value) !== undefined },
    });
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?$/;

/** A moment that is over, as databases write it: `2024-01-31 12:00:00.000000+00`; UTC when it names no zone. */
function PastMoment(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'pastMoment',
      target: target.constructor,
      propertyName: property as string,
      options: { message: '$property must be a moment in the past, such as 2024-01-31 12:00:00' },
      validator: {
        validate: (value: unknown) => {
          const [, day, time = 'T00:00', , , , zone = 'Z'] = TIMESTAMP.exec(String(value)) ?? [];
          if (!day || !new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)) return false;
          const clock = time.replace(' ', 'T').replace(/ ?(Z|[+-][\d:]+)$/, '');
          const offset = zone.replace(
            /^([+-]\d\d):?(\d\d)?$/,
            (_zone, hours, minutes = '00') => `${hours}:${minutes}`,
          );
          return new Date(`${day}${clock}${offset}`).getTime() <= Date.now();
        },
      },
    });
}

/** One line of a file of users that another shop wrote. */
export class ImportedUserDto extends OmitType(CreateUserDto, ['password']) {
  @Transform(toBoolean)
  override newsletter_subscription?: boolean;

  @KnownHash()
  password_hash!: string;

  @Optional()
  @PastMoment()
  created_at?: string;
}

export const REQUIRED_COLUMNS = ['username', 'email', 'password_hash'];

export const COLUMNS = [
  ...REQUIRED_COLUMNS,
  'name',
  'phone',
  'birth_date',
  'gender',
  'role',
  'shipping_address',
  'billing_address',
  'newsletter_subscription',
  'created_at',
];

/** Why a line is not imported. */
export interface Refusal {
  line: number;
  field: string;
  reason: string;
}

/** The user of these cells, or why there is none; an empty cell is a field left out. */
export function readUser(cells: Record<string, string>, line: number): ImportedUserDto | Refusal {
  const told = Object.entries(cells).filter(([, value]) => value !== '');
  const unstorable = told.find(([, value]) => value.includes('\0') || value.includes('\uFFFD'));
  if (unstorable) return { line, field: unstorable[0], reason: `${unstorable[0]} is not UTF-8 text` };

  const user = plainToInstance(ImportedUserDto, Object.fromEntries(told));
  const [failure] = validateSync(user, { stopAtFirstError: true });
  if (!failure) return user;
  const field = failure.property;
  const [reason] =
    failure.value === undefined ? [`${field} is required`] : Object.values(failure.constraints!);
  return { line, field, reason: reason! };
}
