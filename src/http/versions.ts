import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Clearable, Id } from './fields.js';

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A moment in ISO 8601 with its zone, as answers write it. */
export function DateTime(): PropertyDecorator {
  return applyDecorators(
    Matches(DATE_TIME, { message: '$property must be a time such as 2026-11-28T09:30:00.000Z' }),
  );
}

/** Members that a client sends back with what it read, so that only what it changed is changed. */
export class ReadVersionDto {
  /** The `version` that was read: only fields that differ from what it held are changed. */
  @Clearable()
  @Id()
  @ApiPropertyOptional({ example: 3 })
  version?: number | null;

  /** Stands for the version of that time where `version` is missing. */
  @Clearable()
  @DateTime()
  @ApiPropertyOptional({ type: 'string', format: 'date-time' })
  updated_at?: string | null;
}

/** The fields of `changes` whose values `held` does not have; amounts of money are compared as amounts. */
export function changedFields<Changes extends object>(changes: Changes, held: object): Changes {
  const before = held as Record<string, unknown>;
  const changed = Object.entries(changes).filter(([field, value]) => {
    if (value === undefined) return false;
    return field === 'price' ? Number(value) !== Number(before[field]) : value !== before[field];
  });
  return Object.fromEntries(changed) as Changes;
}
