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

/** What decorators say of an operation: these members are not part of the document. */
interface Marks {
  'x-public'?: true | 'reads the user';
  'x-guests'?: 'with a cart' | 'without a cart';
  'x-page-form'?: true;
  'x-files'?: string[];
}

/** Completes an operation with what follows from its kind: security, multipart form, and possible problems. */
export function completeOperation(operation: Operation, method: string, path: string): void {
  const marks = takeMarks(operation);
  operation.security = securityOf(marks, path);
  describeFiles(operation, marks['x-files']);
  completeParameters(operation);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response && 'description' in response) response.description ||= STATUS_CODES[status]!;
  }
  for (const status of problemsOf(operation, marks, method, path)) {
    operation.responses[status] ??= isV1(path) ? v1Response(status) : problemResponse(status);
  }
}

function takeMarks(operation: Operation & Marks): Marks {
  const { 'x-public': isPublic, 'x-guests': guests, 'x-page-form': isPageForm, 'x-files': files } = operation;
  for (const mark of ['x-public', 'x-guests', 'x-page-form', 'x-files'] as const) delete operation[mark];
  return { 'x-public': isPublic, 'x-guests': guests, 'x-page-form': isPageForm, 'x-files': files };
}

/** Any of the returned schemes suffices; an empty one means that a client may send none. */
function securityOf(marks: Marks, path: string): NonNullable<Operation['security']> {
  const { 'x-public': access, 'x-guests': guests } = marks;
  const isOptional = guests === 'without a cart' || access === 'reads the user';
  return [
    ...(access === true ? [] : [{ bearer: [] }, ...(isV1(path) ? [] : [{ password: [] }])]),
    ...(guests ? [{ cart_token: [] }] : []),
    ...(isOptional ? [{}] : []),
  ];
}

function completeParameters({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if (!('in' in parameter) || !parameter.schema || '$ref' in parameter.schema) continue;
    if (parameter.in === 'path' && parameter.schema.type === 'number') parameter.schema.type = 'integer';
    // Swagger UI would fill its form with the examples, and these filters together match nothing.
    if (parameter.in === 'query' && !parameter.required) delete parameter.schema.example;
  }
}

/** The statuses of the problems that an operation may answer with. */
function problemsOf(operation: Operation, marks: Marks, method: string, path: string): Status[] {
  const isPublic = marks['x-public'] === true;
  const isWrite = method !== 'get';
  const hasId = path.includes('{');
  const headers = (operation.parameters ?? []).flatMap((parameter) =>
    'in' in parameter && parameter.in === 'header' ? [parameter.name] : [],
  );
  const isForRole =
    'x-role' in operation ||
    marks['x-page-form'] ||
    (isWrite && /^\/api\/(users|orders)\/(\{id\}|me)/.test(path));
  const namesRows =
    hasId ||
    (isWrite && /^\/api\/(cart|orders|favorites|admin\/)/.test(path)) ||
    /"page"/.test(JSON.stringify(operation.parameters));
  const statuses = [
    400,
    (!isPublic || CHECKS_CREDENTIALS.has(path)) && 401,
    isForRole && 403,
    namesRows && 404,
    isWrite && 409,
    headers.some((name) => name.startsWith('If-')) && 412,
    (headers.includes('Idempotency-Key') || (isV1(path) && operation.requestBody)) && 422,
    isWrite && 413,
    hasId && 414,
    isWrite && 415,
    !path.startsWith('/api/health') && 429,
    path !== '/api/health/live' && 503,
  ];
  return statuses.filter((status) => typeof status === 'number') as Status[];
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
