import { ApiPropertyOptional } from '@nestjs/swagger';
import { isISO8601, ValidateBy } from 'class-validator';
import { Clearable, Id } from './fields.js';

/** The time zones are those that PostgreSQL takes. */
const DATE_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-5]):[0-5]\d)$/;

/** A time in ISO 8601 with time zone, as in responses. */
export function DateTime(): PropertyDecorator {
  return ValidateBy({
    name: 'dateTime',
    validator: {
      validate: (value: unknown) => DATE_TIME.test(String(value)) && isISO8601(value, { strict: true }),
      defaultMessage: () => '$property must be a time such as 2026-11-28T09:30:00.000Z',
    },
  });
}

/** Members by which a client names the version that it read, so that only the fields it changed are written. */
export class ReadVersionDto {
  /** The `version` that was read: only fields that differ from that version are changed. */
  @Clearable()
  @Id()
  @ApiPropertyOptional({ example: 3 })
  version?: number | null;

  /** Without `version`: names the version of that time. */
  @Clearable()
  @DateTime()
  @ApiPropertyOptional({ type: 'string', format: 'date-time' })
  updated_at?: string | null;
}

/** The fields of `changes` whose values differ from those in `held`; prices are compared as numbers. */
export function changedFields<Changes extends object>(changes: Changes, held: object): Changes {
  const before = held as Record<string, unknown>;
  const changed = Object.entries(changes).filter(([field, value]) => {
    if (value === undefined) return false;
    return field === 'price' ? Number(value) !== Number(before[field]) : value !== before[field];
  });
  return Object.fromEntries(changed) as Changes;
}
