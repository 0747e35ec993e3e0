import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { canonicalUrl } from '../../src/http/route-aliases.js';
import { canonicalDocuments } from './documents.js';

interface Answer {
  status: number;
  type: string;
  body: unknown;
}

interface Operation {
  path: RegExp;
  methods: Record<string, { responses: Record<string, any> }>;
}

const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { decimal: true, 'idn-email': true } });
addFormats.default(ajv);
let operations: Operation[] | undefined;
/** Of a request that is refused before it has a route, or that has none. */
const WITHOUT_A_ROUTE = [405, 408, 431];
const validators = new Map<unknown, ValidateFunction>();

/**
 * Holds an answer to what the committed documents say of it: the operation is there, the status and the media type too,
 * and the body has the members that are described, of these types, and no other.
 *
 * @returns what is wrong with it; '' when nothing is
 */
export function whatIsUndescribed(method: string, url: string, { status, type, body }: Answer): string {
  const path = canonicalUrl(method, url).replace(/\?.*/s, '');
  if (!/^\/api(\/|$)/.test(path) || path.startsWith('/api/docs') || WITHOUT_A_ROUTE.includes(status))
    return '';
  operations ??= readOperations();
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  // Below /api/v1 a POST may stand for another method, see `overrideMethod`.
  const verbs = verb === 'post' && path.startsWith('/api/v1/') ? ['post', 'put'] : [verb];
  const operation = verbs.flatMap(
    (one) => operations!.find(({ path: at, methods }) => at.test(path) && one in methods)?.methods[one] ?? [],
  )[0];
  if (!operation)
    return [204, 400, 404, 414].includes(status) ? '' : `no document describes ${method} ${path}`;
  const response = operation.responses[status];
  if (!response) return `status ${status} of ${method} ${path} is not described`;
  if (method === 'HEAD' || type.startsWith('text/html')) return ''; // pages are for people
  if (!response.content) return body === undefined ? '' : `a body at ${status} of ${method} ${path}`;
  const { schema } = response.content[type.replace(/;.*/, '')] ?? {};
  if (!schema) return `${type} at ${status} of ${method} ${path} is not described`;
  return type.includes('json') ? invalidity(schema, body) : '';
}

function invalidity(schema: any, body: unknown): string {
  // LIST_FORMAT=array leaves a page its results.
  const isBareList = Array.isArray(body) && schema.$ref?.endsWith('Page');
  const whole = isBareList ? { $ref: `${schema.$ref}/properties/results` } : schema;
  const key = isBareList ? whole.$ref : schema;
  if (!validators.has(key)) validators.set(key, ajv.compile(whole));
  const validate = validators.get(key)!;
  return validate(body) ? '' : ajv.errorsText(validate.errors, { dataVar: 'body' });
}

function readOperations(): Operation[] {
  return canonicalDocuments.flatMap((file) => {
    const document = JSON.parse(readFileSync(file, 'utf8'));
    const named = inFile(document, file);
    ajv.addSchema({ $id: file, components: { schemas: closed(named.components.schemas) } });
    const paths = Object.entries<any>(named.paths);
    // A path without parameters is found before the one that it is an instance of.
    paths.sort(([a], [b]) => a.split('{').length - b.split('{').length);
    return paths.map(([path, methods]) => ({
      path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      methods,
    }));
  });
}

function inFile(document: any, file: string): any {
  return JSON.parse(JSON.stringify(document).replaceAll('"#/components/', `"${file}#/components/`));
}

/** The members that a schema names are all that there are; but for problems, of which each field is one. */
function closed(schemas: Record<string, any>): Record<string, any> {
  const { Problem, ...others } = schemas;
  const text = JSON.stringify(others, (_key, value) =>
    value?.properties && value.type ? { additionalProperties: false, ...value } : value,
  );
  return { Problem, ...JSON.parse(text) };
}
