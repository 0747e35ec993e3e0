import { STATUS_CODES } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemDocument } from './problem.js';
import { isV1 } from './v1-failure.js';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Description and an example of the code of each status. */
const PROBLEMS = {
  400: ['Bad input; `errors` names the fields.', 'validation_failed'],
  401: ['No or bad credentials.', 'not_authenticated'],
  403: ['Not allowed.', 'permission_denied'],
  404: ['Unknown, or it belongs to another user.', 'product_not_found'],
  409: [
    'Conflicts with the present state: for example not enough stock, not editable any more, or already taken.',
    'insufficient_stock',
  ],
  412: [
    'It was changed since it was read, or exists already; `ETag` is the present one.',
    'precondition_failed',
  ],
  413: ['The body is too large.', 'body_too_large'],
  414: ['The URL is too long.', 'uri_too_long'],
  415: ['The body is neither JSON nor a form.', 'unsupported_media_type'],
  422: ['The Idempotency-Key belongs to another request.', 'idempotency_key_reused'],
  429: ['Too many requests; retry after the seconds in `Retry-After`.', 'too_many_requests'],
  503: ['The shop cannot respond now; retry after the seconds in `Retry-After`.', 'busy'],
} as const;
type Status = keyof typeof PROBLEMS;

const CHECKS_CREDENTIALS = new Set([
  '/api/auth/login',
  '/api/auth/token/refresh',
  '/api/auth/validate_token',
  '/api/v1/auth/login',
]);

const V1_PROBLEMS: Partial<Record<Status, string>> = {
  400: 'The body is not valid JSON.',
  422: 'Bad fields; `errors` names them.',
};

/** Documents a multipart form beside the JSON body, with the same fields and these files. */
function describeFiles({ requestBody }: Operation, fields: string[] | undefined): void {
  if (!fields || !requestBody || !('content' in requestBody)) return;
  const json = requestBody.content['application/json']?.schema;
  if (!json) return;
  const file = { type: 'string', format: 'binary' };
  const properties = Object.fromEntries(
    fields.map((name) => [name, name.endsWith('s') ? { type: 'array', items: file } : file]),
  );
  requestBody.content['multipart/form-data'] = { schema: { allOf: [json, { type: 'object', properties }] } };
}

/** Completes an operation with what follows from its kind: security, multipart form, and possible problems. */
export function completeOperation(operation: Operation, method: string, path: string): void {
  const extended = operation as Operation & Record<string, unknown>;
  const readsUser = extended['x-public'] === 'reads the user';
  const isPublic = extended['x-public'] === true;
  const guests = extended['x-guests'];
  delete extended['x-public'];
  delete extended['x-guests'];
  const isPageForm = extended['x-page-form'];
  delete extended['x-page-form'];
  operation.security = isPublic ? [] : isV1(path) ? [{ bearer: [] }] : [{ bearer: [] }, { password: [] }];
  if (guests) operation.security.push({ cart_token: [] });
  if (guests === 'without a cart' || readsUser) operation.security.push({});

  describeFiles(operation, extended['x-files'] as string[] | undefined);
  delete extended['x-files'];

  for (const parameter of operation.parameters ?? []) {
    if (!('in' in parameter) || !parameter.schema || '$ref' in parameter.schema) continue;
    if (parameter.in === 'path' && parameter.schema.type === 'number') parameter.schema.type = 'integer';
    // Swagger UI would fill its form with the examples, and these filters together match nothing.
    if (parameter.in === 'query' && !parameter.required) delete parameter.schema.example;
  }

  const isWrite = method !== 'get';
  const isOfBuyer = /^\/api\/(cart|orders|favorites)/.test(path);
  const v1 = isV1(path);
  const headers = (operation.parameters ?? []).flatMap((parameter) =>
    'in' in parameter && parameter.in === 'header' ? [parameter.name] : [],
  );
  const statuses = [
    400,
    (!isPublic || CHECKS_CREDENTIALS.has(path)) && 401,
    (extended['x-role'] || isPageForm || (isWrite && /^\/api\/(users|orders)\/(\{id\}|me)/.test(path))) &&
      403,
    (path.includes('{') ||
      (isWrite && (isOfBuyer || path.startsWith('/api/admin/'))) ||
      /"page"/.test(JSON.stringify(operation.parameters))) &&
      404,
    isWrite && 409,
    headers.some((name) => name.startsWith('If-')) && 412,
    (headers.includes('Idempotency-Key') || (v1 && operation.requestBody)) && 422,
    isWrite && 413,
    path.includes('{') && 414,
    isWrite && 415,
    !path.startsWith('/api/health') && 429,
    path !== '/api/health/live' && 503,
  ].filter((status) => typeof status === 'number') as Status[];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response && 'description' in response) response.description ||= STATUS_CODES[status]!;
  }
  for (const status of statuses)
    operation.responses[status] ??= v1 ? v1Response(status) : problemResponse(status);
}

function problemResponse(status: Status) {
  const [description, code] = PROBLEMS[status];
  const schema = { $ref: '#/components/schemas/Problem' };
  const example = status === 400 ? {} : { example: problemDocument(status, code, description) };
  const media = { schema, ...example };
  return { description, content: { 'application/json': media, 'application/problem+json': media } };
}

function v1Response(status: Status) {
  const description = V1_PROBLEMS[status] ?? PROBLEMS[status][0];
  const schema = { $ref: '#/components/schemas/V1Failure' };
  const example = status === 422 ? {} : { example: { success: false, message: description } };
  return { description, content: { 'application/json': { schema, ...example } } };
}
