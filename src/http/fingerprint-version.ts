import { createHash } from 'node:crypto';

/** Hexadecimal digits: of two values that differ, one pair in 2³² has the same fingerprint. */
const LENGTH = 8;

/** A version of this or of another release, which may know other fields. */
export const FINGERPRINT_VERSION = new RegExp(`^([0-9a-f]{${LENGTH}}){1,100}$`);

/**
 * Versions of rows whose earlier values are not stored: a fingerprint of each field. Such a version cannot be looked up; it
 * tells by itself which fields a client sends back as it read them.
 */
export class FingerprintVersion<Field extends string> {
  /** @param fields those that a client can change. The order is part of a version: a new field comes last */
  constructor(private readonly fields: readonly Field[]) {}

  of(row: Record<Field, unknown>): string {
    return this.fields.map((field) => fingerprint(row[field])).join('');
  }

  /** SQL of the version of a row. */
  sql(alias: string): string {
    const parts = this.fields.map(
      (field) =>
        `left(encode(sha256(convert_to(coalesce('=' || ${alias}.${field}::text, ''), 'UTF8')), 'hex'), ${LENGTH})`,
    );
    return `concat(${parts.join(', ')})`;
  }

  /** The changes without those fields that are as they were in this version; all of them without a version. */
  changedSince<Changes extends object>(version: string | null | undefined, changes: Changes): Changes {
    if (!version) return changes;
    const isAsRead = ([name, value]: [string, unknown]) => {
      const start = this.fields.indexOf(name as Field) * LENGTH;
      const isScalar = typeof value !== 'object' || value === null;
      return start >= 0 && isScalar && version.slice(start, start + LENGTH) === fingerprint(value);
    };
    return Object.fromEntries(Object.entries(changes).filter((change) => !isAsRead(change))) as Changes;
  }
}

function fingerprint(value: unknown): string {
  const text = value === null ? '' : `=${value as string}`;
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}
