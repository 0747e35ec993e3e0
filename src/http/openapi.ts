import type { INestApplication } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { DocumentBuilder, type OpenAPIObject, type SchemaObject, SwaggerModule } from '@nestjs/swagger';
import { Config } from '../config/config.js';
import { aliasesOf } from './route-aliases.js';
import { problemDocument } from './problem.js';
import { isV1 } from './v1-failure.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = NonNullable<SchemaObject['properties']>[string];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const DESCRIPTION = `A shop: accounts, catalogue, cart, orders and favorites.

Sign in at **POST /api/auth/login**, press **Authorize** and paste the \`access\` token. Every address answers with
and without a trailing slash, and at the bare root as well. Money is a decimal string with two digits, timestamps
are ISO 8601 in UTC. Bodies may be JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`. Errors are
RFC 9457 problem documents, as \`application/problem+json\` for who names it in \`Accept\`: decide by \`code\`, show
\`detail\` and \`errors\`.`;

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['title', 'status', 'detail', 'code'],
  description:
    'Messages about fields are also members of their own, nested as the body is; those before the others.',
  properties: {
    title: { type: 'string', example: 'Bad Request' },
    status: { type: 'integer', example: 400 },
    detail: { type: 'string', example: 'quantity must not be less than 1' },
    code: { type: 'string', description: 'Stable; decide by it.', example: 'validation_failed' },
    errors: {
      type: 'object',
      description: 'Messages by field.',
      additionalProperties: { type: 'array', items: { type: 'string' } },
      example: { quantity: ['quantity must not be less than 1'] },
    },
  },
};

const V1_FAILURE_SCHEMA = {
  type: 'object',
  required: ['success', 'message'],
  properties: {
    success: { type: 'boolean', enum: [false] },
    message: { type: 'string', example: 'The email field is required. (and 2 more errors)' },
    errors: {
      type: 'object',
      description: 'Messages by field.',
      additionalProperties: { type: 'array', items: { type: 'string' } },
      example: { email: ['The email field is required.'] },
    },
  },
};

/** The OpenAPI document of the app, written from its controllers and DTOs. */
function openApiDocument(app: INestApplication): OpenAPIObject {
  const { publicUrl, publicPath, listFormat } = app.get(Config);
  const config = new DocumentBuilder()
    .setTitle('Comptoir')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(publicUrl, 'PUBLIC_URL')
    .addServer(publicPath || '/', 'Where this document is')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) complete(operation, method, path);
    }
  }
  document.components!.schemas!.Problem = PROBLEM_SCHEMA as never;
  document.components!.schemas!.V1Failure = V1_FAILURE_SCHEMA as never;
  document.tags = tagsOf(document);
  for (const [name, schema] of Object.entries(document.components!.schemas!)) {
    if ('properties' in schema)
      Object.values(schema.properties!).forEach((one) => completeProperty(one, name));
  }
  if (listFormat === 'array') describeBareArrays(document);
  return withPlainNames(document);
}

/**
 * Generators write a pattern down without the flag that Unicode classes need, and it then refuses every letter.
 * Null is one of the choices where a named enum may be null: beside a reference `nullable` says nothing to validators.
 * A default stands in the description only: generators would make its field required, or send it where the client left it
 * out. An update has none.
 */
function completeProperty(property: Schema, schemaName: string): void {
  if ('nullable' in property && property.allOf) {
    property.oneOf = [...property.allOf, { type: 'string', nullable: true, enum: [null] }];
    delete property.allOf;
    delete property.nullable;
  }
  if ('pattern' in property && property.pattern?.includes('\\p{')) delete property.pattern;
  if (!('default' in property)) return;
  const note = `Left out: \`${property.default}\`.`;
  if (!/^(Update|Replace)/.test(schemaName)) {
    property.description = property.description ? `${property.description} ${note}` : note;
  }
  delete property.default;
}

/** What `LIST_FORMAT=array` answers instead of each page. */
function describeBareArrays(document: OpenAPIObject): void {
  const schemas = document.components!.schemas!;
  for (const [name, schema] of Object.entries(schemas)) {
    const results = 'properties' in schema ? schema.properties?.results : undefined;
    if (name.endsWith('Page') && results) schemas[name] = results;
  }
}

/** Schemas are called what they are, not what our classes are: `Product` rather than `ProductDto`. */
function withPlainNames(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document).replace(/("|\/)([A-Z]\w+)Dto"/g, '$1$2"')) as OpenAPIObject;
}

/** Serves Swagger UI and the document, which is made at the first request for it. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
    customSiteTitle: 'Comptoir API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}

/** What each status says, and for instance with which code. */
const PROBLEMS = {
  400: ['Bad input; `errors` names the fields.', 'validation_failed'],
  401: ['No or bad credentials.', 'not_authenticated'],
  403: ['Not allowed.', 'permission_denied'],
  404: ['Unknown, or another’s.', 'product_not_found'],
  409: ['Conflicts with the state: not enough stock, not editable any more.', 'insufficient_stock'],
  412: [
    'It was changed since it was read, or is there already; `ETag` is the present one.',
    'precondition_failed',
  ],
  413: ['The body is too large.', 'body_too_large'],
  414: ['The address is too long.', 'uri_too_long'],
  415: ['The body is neither JSON nor a form.', 'unsupported_media_type'],
  422: ['The Idempotency-Key belongs to another request.', 'idempotency_key_reused'],
  429: ['Too many requests; `Retry-After` says when to come back.', 'too_many_requests'],
  503: ['The shop cannot answer now; `Retry-After` says when to come back.', 'busy'],
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

/** What holds for every operation of a kind, said once here rather than beside each. */
function complete(operation: Operation, method: string, path: string): void {
  const extended = operation as Operation & Record<string, unknown>;
  const isPublic = extended['x-public'] === true;
  delete extended['x-public'];
  operation.security = isPublic ? [] : [{ bearer: [] }];

  const others = aliasesOf(method.toUpperCase(), path);
  if (others.length > 0)
    operation.description = `Also at ${others.map((other) => `\`${other}\``).join(', ')}.`;

  for (const parameter of operation.parameters ?? []) {
    if (!('in' in parameter) || !parameter.schema || '$ref' in parameter.schema) continue;
    if (parameter.in === 'path' && parameter.schema.type === 'number') parameter.schema.type = 'integer';
    // Swagger UI would fill its form with them: filters that together find nothing.
    if (parameter.in === 'query' && !parameter.required) delete parameter.schema.example;
  }

  const isWrite = method !== 'get';
  const isOfBuyer = /^\/api\/(cart|orders|favorites)/.test(path);
  const v1 = isV1(path);
  const headers = (operation.parameters ?? []).flatMap((parameter) =>
    'in' in parameter && parameter.in === 'header' ? [parameter.name] : [],
  );
  const statuses = [
    (operation.parameters?.length || operation.requestBody) && 400,
    (!isPublic || CHECKS_CREDENTIALS.has(path)) && 401,
    (extended['x-role'] || (isWrite && /^\/api\/(users|orders)\/\{id\}/.test(path))) && 403,
    (path.includes('{') || (isOfBuyer && isWrite) || /"page"/.test(JSON.stringify(operation.parameters))) &&
      404,
    ((isOfBuyer && isWrite && !path.startsWith('/api/favorites')) ||
      headers.some((name) => name.startsWith('If-'))) &&
      409,
    headers.some((name) => name.startsWith('If-')) && 412,
    (headers.includes('Idempotency-Key') || (v1 && operation.requestBody)) && 422,
    operation.requestBody && 413,
    path.includes('{') && 414,
    operation.requestBody && 415,
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

const TAGS: Record<string, string> = {
  Auth: 'Accounts, tokens and sessions.',
  'Auth v1':
    'Accounts in the envelope `{success, message, data}`; errors are `{success: false, message, errors?}`.',
  Users: 'Accounts as the admin, and each user his own, see them.',
  Products: 'The catalogue.',
  Cart: 'One cart a user; it reserves nothing.',
  Orders: 'From the cart or from a list of items; stock follows every change.',
  Favorites: 'Products that a user wants to find again.',
  Health: 'For load balancers and operators.',
  Links: 'Where everything is.',
};

function tagsOf(document: OpenAPIObject) {
  const used = new Set(
    Object.values(document.paths).flatMap((item) => METHODS.flatMap((method) => item[method]?.tags ?? [])),
  );
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}
