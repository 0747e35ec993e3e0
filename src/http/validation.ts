import { type ArgumentMetadata, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldErrors, invalid } from './problem.js';

/** Most cached values of each DTO, and most characters of one. */
const CACHE_SIZE = 5_000;
const LONGEST_CACHED = 200;

type Fields = Record<string, unknown>;

/**
 * Validates bodies and queries, and caches valid ones. Path parameters are left to their own pipes: Nest would convert
 * the id `0x1` to 1 before `IdPipe` sees it.
 */
class BodyAndQueryPipe extends ValidationPipe {
  /** Cached DTOs, by the JSON of the valid value that they were made from. */
  private readonly known = new Map<Type, Map<string, Fields>>();
  /** DTOs with a required parameter: their queries are validated as a whole. */
  private readonly asWhole = new Set<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype, type } = metadata;
    if (metatype && metatype !== Object && type === 'query') {
      return this.transformQuery(value as Fields, metatype, metadata);
    }
    // Only bodies that are empty or hold nothing but numbers are cached: others may hold passwords.
    const fields = type === 'body' ? (value ?? {}) : value;
    return metatype && holdsOnlyNumbers(fields)
      ? this.transformOnce(fields as Fields, metatype, metadata)
      : super.transform(value, metadata);
  }

  /**
   * Validates each parameter separately and caches the result, since lists are requested with the same parameters in ever
   * new combinations. The query is validated as a whole when a parameter is invalid, when the DTO requires one, and when
   * one is read under another name.
   */
  private async transformQuery(query: Fields, metatype: Type, metadata: ArgumentMetadata): Promise<unknown> {
    if (this.asWhole.has(metatype)) return this.transformOnce(query, metatype, metadata);
    const dto = new metatype() as Fields;
    try {
      const blank = await this.transformOnce({}, metatype, metadata);
      for (const name of Object.keys(query)) {
        const one = await this.transformOnce({ [name]: query[name] }, metatype, metadata);
        for (const field of Object.keys(one)) {
          if (field === name) dto[field] = one[field];
          else if (one[field] !== blank[field]) return super.transform(query, metadata);
        }
      }
      return dto;
    } catch {
      if (!this.known.get(metatype)!.has('{}')) this.asWhole.add(metatype);
      return super.transform(query, metadata);
    }
  }

  private async transformOnce(value: Fields, metatype: Type, metadata: ArgumentMetadata): Promise<Fields> {
    let known = this.known.get(metatype);
    if (!known) this.known.set(metatype, (known = new Map()));
    const text = JSON.stringify(value);
    const kept = known.get(text);
    if (kept) return kept;
    const dto = (await super.transform(value, metadata)) as Fields;
    if (text.length > LONGEST_CACHED) return dto;
    if (known.size === CACHE_SIZE) known.delete(known.keys().next().value!);
    known.set(text, Object.freeze(dto));
    return dto;
  }

  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

function holdsOnlyNumbers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (typeof (value as Record<string, unknown>)[name] !== 'number') return false;
  return true;
}

/** The global pipe: refuses a body or query that violates its DTO, and drops unknown fields. */
export function validation(): ValidationPipe {
  return new BodyAndQueryPipe({
    transform: true,
    whitelist: true,
    exceptionFactory: (failures) => {
      const errors = fieldErrors(failures);
      const messages = Object.values(errors).flat();
      return invalid('validation_failed', messages[0] ?? 'The request is invalid.', errors);
    },
  });
}

/** Messages by the fields that they are about. A value that is refused as a whole has none about its members. */
export function fieldErrors(failures: ValidationError[], parent = ''): FieldErrors {
  const errors: FieldErrors = {};
  for (const { property, value, constraints, children = [] } of failures) {
    const field = parent + property;
    const isMissing = value === undefined && children.length === 0;
    if (constraints) errors[field] = isMissing ? [`${field} is required`] : messagesOf(constraints);
    else Object.assign(errors, fieldErrors(children, `${field}.`));
  }
  return errors;
}

/** Rules about the type of a value: when one is broken, only its message is reported. */
const TYPE_RULES = ['isString', 'isInt', 'isBoolean', 'isArray', 'isObject', 'isEmail'];

function messagesOf(constraints: Record<string, string>): string[] {
  const type = TYPE_RULES.find((rule) => rule in constraints);
  return type ? [constraints[type]!] : Object.values(constraints);
}
