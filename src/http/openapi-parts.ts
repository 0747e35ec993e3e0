import type { OpenAPIObject } from '@nestjs/swagger';
import { METHODS, type Operation } from './openapi-operations.js';
import { aliasesOf } from './route-aliases.js';

type Paths = OpenAPIObject['paths'];

/** One of the OpenAPI documents; together they describe all operations of the app. */
interface Part {
  /** Its name in Swagger UI's list. */
  name: string;
  /** Its path below `/api/docs-json`. */
  path: string;
  description: string;
  /** Paths of its servers, below PUBLIC_URL. */
  bases: string[];
  paths(all: Paths): Paths;
}

const ADMIN = /^\/api\/admin\//;
const V1 = /^\/api\/v1\//;

const HOW_TO_SIGN_IN = `Press **Authorize** and sign in by name and password, or paste the \`access\` token of
**POST /api/auth/login**.`;

/** Clients are generated from the first one. */
export const DOCUMENTS: Part[] = [
  {
    name: 'Shop',
    path: '',
    description: `A shop: accounts, catalogue, cart, orders and favorites.

${HOW_TO_SIGN_IN} Every address answers with and without a trailing slash; other addresses of the same operations
stand in the document “Aliases”. Money is a decimal string with two digits, timestamps are ISO 8601 in UTC. Bodies may
be JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`. Errors are RFC 9457 problem documents, as
\`application/problem+json\` for who names it in \`Accept\`: decide by \`code\`, show \`detail\` and \`errors\`.`,
    bases: [''],
    paths: (all) => withoutForms(only(all, (path) => !ADMIN.test(path) && !V1.test(path))),
  },
  {
    name: 'Admin',
    path: '/admin',
    description: `Operations for admins of the shop, in addition to those for admins in the document “Shop”.
${HOW_TO_SIGN_IN}`,
    bases: [''],
    paths: (all) => withoutForms(only(all, (path) => ADMIN.test(path))),
  },
  {
    name: 'Aliases',
    path: '/aliases',
    description: `Other addresses of the operations in the document “Shop”, for frontends that were written for them. Each
exists at the root and below \`/api\`, with and without a trailing slash. ${HOW_TO_SIGN_IN}`,
    bases: ['', '/api'],
    paths: (all) => aliasPaths(only(all, (path) => !ADMIN.test(path) && !V1.test(path))),
  },
  {
    name: 'v1',
    path: '/v1',
    description: `Accounts in the envelope \`{success, message, data}\`; errors are \`{success: false, message, errors?}\`.
Press **Authorize** and paste the \`token\` of **POST /api/v1/auth/login**.`,
    bases: [''],
    paths: (all) => only(all, (path) => V1.test(path)),
  },
];

/** Builds one of the documents: its own paths, and the schemas and security schemes that they reference. */
export function partOf(whole: OpenAPIObject, part: Part, publicUrl: string): OpenAPIObject {
  const paths = part.paths(whole.paths);
  const { pathname } = new URL(publicUrl);
  const publicPath = pathname.replace(/\/$/, '');
  const servers = [
    ...part.bases.map((base) => ({ url: publicUrl + base, description: 'By PUBLIC_URL' })),
    ...part.bases.map((base) => ({ url: publicPath + base || '/', description: 'Where this document is' })),
  ];
  const { securitySchemes = {}, schemas = {} } = whole.components!;
  const operations = operationsOf(paths);
  const schemes = new Set(operations.flatMap(({ security = [] }) => security.flatMap(Object.keys)));
  return {
    ...whole,
    info: { ...whole.info, title: `Comptoir: ${part.name}`, description: part.description },
    servers,
    paths,
    components: {
      securitySchemes: pick(securitySchemes, schemes),
      schemas: pick(schemas, schemasNamedIn(paths, schemas)),
    },
    tags: tagsOf(operations),
  };
}

function only(all: Paths, takes: (path: string) => boolean): Paths {
  return Object.fromEntries(Object.entries(all).filter(([path]) => takes(path)));
}

/** Leaves out the forms that routes accept beside JSON: client generators support one content type for a body. */
function withoutForms(paths: Paths): Paths {
  const result = structuredClone(paths);
  for (const { requestBody } of operationsOf(result)) {
    if (requestBody && 'content' in requestBody && 'application/json' in requestBody.content) {
      requestBody.content = { 'application/json': requestBody.content['application/json']! };
    }
  }
  return result;
}

/** The same operations under their paths without `/api` (it is part of the servers' URLs), and under their aliases. */
function aliasPaths(canonical: Paths): Paths {
  const result: Paths = {};
  for (const [path, item] of Object.entries(canonical)) {
    result[withoutPrefix(path)] = item;
  }
  for (const [path, item] of Object.entries(canonical)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      for (const alias of aliasesOf(method.toUpperCase(), path).map(withoutPrefix)) {
        const named = { ...operation, operationId: `${operation.operationId}At${inPascalCase(alias)}` };
        result[alias] = { ...result[alias], [method]: named };
      }
    }
  }
  return result;
}

function withoutPrefix(path: string): string {
  return path.replace(/^\/api/, '') || '/';
}

function inPascalCase(path: string): string {
  return path.replace(/(?:^|\W)+(\w?)/g, (_separator, letter: string) => letter.toUpperCase());
}

function operationsOf(paths: Paths): Operation[] {
  return Object.values(paths).flatMap((item) => METHODS.flatMap((method) => item[method] ?? []));
}

/** Schemas that the paths reference, directly or through other schemas. */
function schemasNamedIn(paths: Paths, schemas: Record<string, unknown>): Set<string> {
  const found = new Set<string>();
  const queue: unknown[] = [paths];
  while (queue.length > 0) {
    for (const [, name] of JSON.stringify(queue.pop()).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name!)) continue;
      found.add(name!);
      queue.push(schemas[name!]);
    }
  }
  return found;
}

function pick<Value>(from: Record<string, Value>, names: Set<string>): Record<string, Value> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)));
}

const TAGS: Record<string, string> = {
  Auth: 'Accounts, tokens and sessions.',
  'Auth v1':
    'Accounts in the envelope `{success, message, data}`; errors are `{success: false, message, errors?}`.',
  Users: 'Accounts: one’s own, and for admins all.',
  Products: 'The catalogue.',
  Cart: 'One cart for each user and each guest; it reserves no stock.',
  Orders: 'Orders from the cart or from a list of items; every change adjusts the stock.',
  Favorites: 'Products that a user wants to find again.',
  Admin: 'Every table, bulk changes and other operations for admins.',
  Events: 'Server-sent events about stock and orders.',
  Health: 'For load balancers and operators.',
  Links: 'Where everything is.',
};

function tagsOf(operations: Operation[]) {
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}
