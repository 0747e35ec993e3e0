import { STATUS_CODES } from 'node:http';
import { type FieldErrors, nestedErrors } from './field-errors.js';

export type { FieldErrors };

/** Kinds of errors; `STATUS` maps them to HTTP. */
export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many_requests'
  | 'unavailable';

const STATUS: Record<ProblemKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  unavailable: 503,
};

/** Members of a problem document beyond those of RFC 9457. */
export interface ProblemDetails {
  errors?: FieldErrors;
  /** Seconds until a retry can succeed. */
  retryAfter?: number;
  headers?: Record<string, string | number>;
  /** The present entity tag, after a failed precondition. */
  etag?: string;
  /** Further members, specific to the code. */
  members?: Record<string, unknown>;
}

/** The one error that services throw. `code` is stable: clients decide by it, people read `message`. */
export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly code: string,
    detail: string,
    readonly details: ProblemDetails = {},
  ) {
    super(detail);
  }

  get status(): number {
    return STATUS[this.kind];
  }
}

/** The response for an error. */
export interface ErrorAnswer {
  status: number;
  type: string;
  body: object;
}

/** RFC 9457 problem document. Messages about fields are also members of the document, before these. */
export interface ProblemDocument {
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: FieldErrors;
}

/** @param body of the request: the lengths of its lists are those of the lists of nested messages */
export function problemDocument(
  status: number,
  code: string,
  detail: string,
  { errors, members }: ProblemDetails = {},
  body?: unknown,
): ProblemDocument {
  const title = STATUS_CODES[status] ?? 'Error';
  const fields = errors && nestedErrors(errors, body);
  return { ...fields, title, status, detail, code, ...(errors && { errors }), ...members };
}

export function invalid(code: string, detail: string, errors?: FieldErrors): Problem {
  return new Problem('invalid', code, detail, { errors });
}

/** 400 about one field. */
export function invalidField(field: string, message: string): Problem {
  return invalid('validation_failed', message, { [field]: [message] });
}

export function unauthenticated(code: string, detail: string, members?: Record<string, unknown>): Problem {
  return new Problem('unauthenticated', code, detail, { members });
}

export function forbidden(code: string, detail: string): Problem {
  return new Problem('forbidden', code, detail);
}

export function notFound(code: string, detail: string): Problem {
  return new Problem('not_found', code, detail);
}

/** 404 for a path without any route. */
export function unknownRoute(): Problem {
  return notFound('route_not_found', 'There is nothing at this address.');
}

/** 405 for a path that has other methods. @param allowed the methods of the path */
export function methodNotAllowed(method: string, allowed: string[]): Problem {
  return new Problem('method_not_allowed', 'method_not_allowed', `Method "${method}" not allowed.`, {
    headers: { allow: allowed.join(', ') },
  });
}

export function conflict(
  code: string,
  detail: string,
  errors?: FieldErrors,
  members?: Record<string, unknown>,
): Problem {
  return new Problem('conflict', code, detail, { errors, members });
}

/** 413 about one field. */
export function tooLarge(code: string, field: string, message: string): Problem {
  return new Problem('too_large', code, message, { errors: { [field]: [message] } });
}

export function unprocessable(code: string, detail: string): Problem {
  return new Problem('unprocessable', code, detail);
}

export function tooManyRequests(
  detail: string,
  retryAfter: number,
  headers: Record<string, string | number>,
): Problem {
  return new Problem('too_many_requests', 'too_many_requests', detail, { retryAfter, headers });
}

export function unavailable(code: string, detail: string, retryAfter = 1): Problem {
  return new Problem('unavailable', code, detail, { retryAfter });
}
