// Runs outside Jest's sandboxes, so that a worker compiles each schema once instead of once per test file.
import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { decimal: true, 'idn-email': true } });
addFormats.default(ajv);
let operations;
const validators = new Map();

/** Compares a response with OpenAPI documents. @returns the differences; '' when there are none */
export function judgeAnswer(documents, method, path, { status, type, body }) {
  operations ??= documents.flatMap(readOperations);
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  // Below /api/v1 a POST may stand for another method, see `overrideMethod`.
  const verbs = verb === 'post' && path.startsWith('/api/v1/') ? ['post', 'put'] : [verb];
  const operation = verbs.flatMap(
    (one) => operations.find(({ path: at, methods }) => at.test(path) && one in methods)?.methods[one] ?? [],
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

function invalidity(schema, body) {
  // With LIST_FORMAT=array a page is its `results` alone.
  const isBareList = Array.isArray(body) && schema.$ref?.endsWith('Page');
  const whole = isBareList ? { $ref: `${schema.$ref}/properties/results` } : schema;
  const key = whole.$ref ?? schema;
  if (!validators.has(key)) validators.set(key, ajv.compile(whole));
  const validate = validators.get(key);
  return validate(body) ? '' : ajv.errorsText(validate.errors, { dataVar: 'body' });
}

function readOperations(file) {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  const named = inFile(document, file);
  ajv.addSchema({ $id: file, components: { schemas: closed(named.components.schemas) } });
  const paths = Object.entries(named.paths);
  // Paths with fewer parameters come first, so that a literal path wins over a template that also matches.
  paths.sort(([a], [b]) => a.split('{').length - b.split('{').length);
  return paths.map(([path, methods]) => ({
    path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    methods,
  }));
}

function inFile(document, file) {
  return JSON.parse(JSON.stringify(document).replaceAll('"#/components/', `"${file}#/components/`));
}

/** Forbids members that a schema does not name, except in `Problem`. */
function closed(schemas) {
  const { Problem, ...others } = schemas;
  const text = JSON.stringify(others, (_key, value) =>
    value?.properties && value.type ? { additionalProperties: false, ...value } : value,
  );
  return { Problem, ...JSON.parse(text) };
}
