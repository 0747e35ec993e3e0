import { type ArgumentMetadata, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldErrors, invalid } from './problem.js';

/** Leaves what stands in a path to its own pipe: Nest would read the id `0x1` as 1 before `IdPipe` saw it. */
class BodyAndQueryPipe extends ValidationPipe {
  /** DTOs that an empty query or body was found valid for: most lists are asked for without any filter. */
  private readonly validEmpty = new Set<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype } = metadata;
    if (!metatype || !isEmpty(value)) return super.transform(value, metadata);
    if (this.validEmpty.has(metatype)) return new metatype();
    const dto = await super.transform(value, metadata);
    if (dto instanceof metatype) this.validEmpty.add(metatype);
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

function fieldErrors(failures: ValidationError[], parent = ''): FieldErrors {
  const errors: FieldErrors = {};
  for (const { property, value, constraints, children = [] } of failures) {
    const field = parent + property;
    if (constraints)
      errors[field] = value === undefined ? [`${field} is required`] : Object.values(constraints);
    Object.assign(errors, fieldErrors(children, `${field}.`));
  }
  return errors;
}
