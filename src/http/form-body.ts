import multipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse } from 'qs';
import { MAX_BODY_BYTES, MAX_VALUES, refuseOutOfBounds } from './json-body.js';
import { forbidden, invalid, invalidField, Problem } from './problem.js';
import { AddRouteConfig } from './route-config.js';

const FORM = 'application/x-www-form-urlencoded';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a page of ours: a form from another site is refused. */
    isPageForm?: boolean;
    /** Fields that may be files. The route reads a multipart body itself, see `TakesFiles`. */
    takesFiles?: readonly string[];
    /** Whether those may be as large as imports are. */
    takesLargeFiles?: boolean;
  }
}

/** Refuses a form that another site sends: it needs no permission from CORS. For routes that a page of ours posts to. */
export const FromOwnPage = () => AddRouteConfig({ isPageForm: true });

/** Reads forms on every route as JSON is read; `items[0][product]` names a nested member. */
export async function readForms(app: NestFastifyApplication, publicUrl: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const ownOrigin = new URL(publicUrl).origin;
  fastify.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, readFields(text as string));
    } catch (error) {
      done(error as Error);
    }
  });
  await app.register(multipart as never, {
    limits: { fields: MAX_VALUES, parts: MAX_VALUES, fieldSize: MAX_BODY_BYTES, fileSize: MAX_BODY_BYTES },
  });
  fastify.addHook('preValidation', async (request) => {
    const { isPageForm, takesFiles } = request.routeOptions.config;
    const type = request.headers['content-type'] ?? '';
    if (isPageForm && /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type)) {
      if (!isFromHere(request, ownOrigin))
        throw forbidden('cross_site_form', 'The form was sent from another site.');
    }
    if (request.isMultipart() && !takesFiles) request.body = await readMultipart(request);
  });
}

/** @throws Problem 400 for a form out of bounds */
function readFields(text: string): object {
  const fields = parse(text, { depth: 32, parameterLimit: MAX_VALUES + 1, duplicates: 'last' });
  refuseOutOfBounds(fields);
  return fields;
}

/** The fields of a form, on a route that takes no files. @throws Problem 400, 413 or 415 */
async function readMultipart(request: FastifyRequest): Promise<object> {
  const fields: [string, string][] = [];
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        if (part.valueTruncated || part.fieldnameTruncated) throw tooLarge();
        fields.push([part.fieldname, String(part.value)]);
      } else {
        const { length } = await part.toBuffer();
        // A form sends a file input that nobody filled in as an empty file.
        if (length > 0) throw invalidField(part.fieldname, `${part.fieldname} must not be a file`);
      }
    }
  } catch (error) {
    const { code, statusCode } = error as { code?: string; statusCode?: number };
    if (error instanceof Problem || code === 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
    throw statusCode === 413
      ? tooLarge()
      : invalid('invalid_form', 'The body is not valid multipart/form-data.');
  }
  return readFields(new URLSearchParams(fields).toString());
}

function tooLarge(): Error {
  return Object.assign(new Error('The body is too large.'), { statusCode: 413 });
}

/** By Fetch Metadata; older browsers say the origin, or `null` because our pages send no referrer. */
function isFromHere({ headers }: FastifyRequest, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site) return site === 'same-origin' || site === 'none';
  return headers.origin === undefined || headers.origin === 'null' || headers.origin === ownOrigin;
}
