import multipart from '@fastify/multipart';
import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse } from 'qs';
import type { Config } from '../config/config.js';
import { MAX_BODY_BYTES, MAX_VALUES, refuseOutOfBounds } from './json-body.js';
import { forbidden, invalid, invalidField, Problem } from './problem.js';
import { AddRouteConfig } from './route-config.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Content types that a page may send to another site without a CORS preflight (Fetch, section 2.2.2). `text/plain` is
 * missing, since no route reads it.
 */
const WITHOUT_PREFLIGHT = /^($|application\/x-www-form-urlencoded|multipart\/form-data)/i;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route belongs to a page of this server: a form from another site is refused. */
    isPageForm?: boolean;
    /** Fields that may be files. The route reads a multipart body itself, see `TakesFiles`. */
    takesFiles?: readonly string[];
    /** Whether the files may be as large as `MAX_IMPORT_MB`. */
    takesLargeFiles?: boolean;
  }
}

/** Refuses requests that a page of another site sends without a CORS preflight. For routes that this server's pages post to. */
export const FromOwnPage = () =>
  applyDecorators(AddRouteConfig({ isPageForm: true }), ApiExtension('x-page-form', true));

/**
 * Accepts forms in place of JSON on every route; `items[0][product]` names a nested member.
 *
 * @param corsOrigins origins of frontends whose pages have the rights of this server's own
 */
export async function readForms(
  app: NestFastifyApplication,
  { publicUrl, corsOrigins }: Pick<Config, 'publicUrl' | 'corsOrigins'>,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const origins = [new URL(publicUrl).origin, ...corsOrigins];
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
    const needsNoPreflight = WITHOUT_PREFLIGHT.test(request.headers['content-type'] ?? '');
    if (isPageForm && needsNoPreflight && !isFrom(origins, request)) {
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
        // A form sends an empty file input as an empty file.
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

/**
 * Whether a form is from a page of ours, by Fetch Metadata. Older browsers send only `Origin`, which is `null` for our pages,
 * as they send no referrer.
 */
function isFrom(origins: string[], { headers }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origins.includes(origin)) return true;
  if (site) return site === 'same-origin' || site === 'none';
  return origin === undefined || origin === 'null';
}
