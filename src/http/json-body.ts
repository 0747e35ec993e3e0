import type { FastifyInstance } from 'fastify';
import { parse } from 'secure-json-parse';
import { invalid } from './problem.js';

export const MAX_BODY_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
export const MAX_VALUES = 1000;

/**
 * Parses JSON bodies, with limits on depth and number of values, since validating a body takes time and stack. An empty
 * body counts as none, whatever its content type is.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-length'] === '0') delete request.headers['content-type'];
    done();
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text.length === 0) return done(null, undefined);
    try {
      done(null, parseBody(text as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws Problem 400 when the text is not a JSON object, or one out of bounds */
function parseBody(text: string): object {
  let body: unknown;
  try {
    body = parse(text);
  } catch {
    throw invalid('invalid_json', 'The body is not valid JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('invalid_json', 'The body must be a JSON object.');
  }
  refuseOutOfBounds(body);
  return body;
}

/** @throws Problem 400 for a body that is too deep or too wide, or holds text that cannot be stored */
export function refuseOutOfBounds(body: object): void {
  let values = 0;
  const visit = (value: unknown, path: string[]): void => {
    values += 1;
    if (values > MAX_VALUES) throw invalid('json_too_wide', `The body has more than ${MAX_VALUES} values.`);
    if (typeof value === 'string') return refuseUnstorable(value, path);
    if (typeof value !== 'object' || value === null) return;
    if (path.length === MAX_DEPTH)
      throw invalid('json_too_deep', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    for (const [key, member] of Object.entries(value)) {
      refuseUnstorable(key, []);
      visit(member, [...path, Array.isArray(value) ? key : nameIn(key)]);
    }
  };
  visit(body, []);
}

/**
 * PostgreSQL stores neither NUL nor half a surrogate pair.
 *
 * @param path names of the members that lead to the text; it is named in the error unless one of them is empty
 */
export function refuseUnstorable(text: string, path: string[]): void {
  if (!text.includes('\0') && text.isWellFormed()) return;
  const isNamed = path.length > 0 && !path.includes('');
  const field = isNamed ? path.join('.') : 'a text';
  const message = `${field} must not contain a NUL or an unpaired surrogate character`;
  throw invalid('invalid_text', message, isNamed ? { [field]: [message] } : undefined);
}

/** The name, if it can be one of a field: others, chosen by a client, could be inherited members or indices. */
export function nameIn(key: string): string {
  return /^[a-z]\w{0,63}$/i.test(key) && !(key in Object.prototype) ? key : '';
}
