import { type ArgumentMetadata, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldErrors, invalid } from './problem.js';

/** So many queries are remembered for each DTO, of so many characters at most. */
const MOST_QUERIES = 5_000;
const LONGEST_QUERY = 200;

/** Leaves what stands in a path to its own pipe: Nest would read the id `0x1` as 1 before `IdPipe` saw it. */
class BodyAndQueryPipe extends ValidationPipe {
  /**
   * Queries that were found valid, and what they became: the same lists are asked for again and again. Of bodies only
   * the empty one is kept, since they hold passwords.
   */
  private readonly valid = new Map<Type, Map<string, unknown>>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype, type } = metadata;
    const query = metatype && (type === 'query' || isEmpty(value)) ? JSON.stringify(value) : undefined;
    if (query === undefined || query.length > LONGEST_QUERY) return super.transform(value, metadata);
    let known = this.valid.get(metatype!);
    if (!known) this.valid.set(metatype!, (known = new Map()));
    const kept = known.get(query);
    if (kept) return kept;
    const dto = await super.transform(value, metadata);
    if (!(dto instanceof metatype!)) return dto;
    if (known.size === MOST_QUERIES) known.delete(known.keys().next().value!);
    known.set(query, Object.freeze(dto));
    return dto;
  }

  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const _ in value) return false;
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

/** What is wrong with an object, for whoever validates what came in no request. */
export function refusalsOf(failures: ValidationError[]): string[] {
  return Object.values(fieldErrors(failures)).flat();
}

function fieldErrors(failures: ValidationError[], parent = ''): FieldErrors {
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
