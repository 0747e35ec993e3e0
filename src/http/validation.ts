import { type ArgumentMetadata, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldErrors, invalid } from './problem.js';

/** So many values are remembered for each DTO, of so many characters at most. */
const MOST_KNOWN = 5_000;
const LONGEST_KNOWN = 200;

type Fields = Record<string, unknown>;

/** Leaves what stands in a path to its own pipe: Nest would read the id `0x1` as 1 before `IdPipe` saw it. */
class BodyAndQueryPipe extends ValidationPipe {
  /** What was found valid, and what it became. */
  private readonly known = new Map<Type, Map<string, Fields>>();
  /** DTOs that want a parameter. */
  private readonly asWhole = new Set<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype, type } = metadata;
    if (metatype && metatype !== Object && type === 'query') {
      return this.transformQuery(value as Fields, metatype, metadata);
    }
    // Of bodies only those are remembered that hold numbers or nothing: others hold passwords.
    const fields = type === 'body' ? (value ?? {}) : value;
    return metatype && holdsOnlyNumbers(fields)
      ? this.transformOnce(fields as Fields, metatype, metadata)
      : super.transform(value, metadata);
  }

  /**
   * Each parameter is validated by itself and remembered: lists are asked for with the same ones in ever new
   * combinations. All are validated together where one is wrong, where one must be given, and where one is read under
   * another name.
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
    if (text.length > LONGEST_KNOWN) return dto;
    if (known.size === MOST_KNOWN) known.delete(known.keys().next().value!);
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

/** Refuses a body or query that its DTO does not allow, and drops the fields that it does not know. */
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

/** Messages by the fields that they are about. */
export function fieldErrors(failures: ValidationError[], parent = ''): FieldErrors {
  const errors: FieldErrors = {};
  for (const { property, value, constraints, children = [] } of failures) {
    const field = parent + property;
    if (constraints) errors[field] = value === undefined ? [`${field} is required`] : messagesOf(constraints);
    Object.assign(errors, fieldErrors(children, `${field}.`));
  }
  return errors;
}

/** Rules about the type of a value: where one is broken, the others have nothing to say. */
const TYPE_RULES = ['isString', 'isInt', 'isBoolean', 'isArray', 'isObject', 'isEmail'];

function messagesOf(constraints: Record<string, string>): string[] {
  const type = TYPE_RULES.find((rule) => rule in constraints);
  return type ? [constraints[type]!] : Object.values(constraints);
}
