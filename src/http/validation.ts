import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldErrors, invalid } from './problem.js';

/** Leaves what stands in a path to its own pipe: Nest would read the id `0x1` as 1 before `IdPipe` saw it. */
class BodyAndQueryPipe extends ValidationPipe {
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
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
  for (const { property, constraints, children = [] } of failures) {
    const field = parent + property;
    if (constraints) errors[field] = Object.values(constraints);
    Object.assign(errors, fieldErrors(children, `${field}.`));
  }
  return errors;
}
