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

/** What a page may send to another site without asking it first (Fetch, section 2.2.2); `text/plain` is no body of ours. */
const UNASKED = /^($|application\/x-www-form-urlencoded|multipart\/form-data)/i;

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

/** Refuses what a page of another site sends without permission by CORS. For routes that a page of ours posts to. */
export const FromOwnPage = () =>
  applyDecorators(AddRouteConfig({ isPageForm: true }), ApiExtension('x-page-form', true));

/**
 * Reads forms on every route as JSON is read; `items[0][product]` names a nested member.
 *
 * @param corsOrigins of frontends whose pages may send what ours may
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
    const isUnasked = UNASKED.test(request.headers['content-type'] ?? '');
    if (isPageForm && isUnasked && !isFrom(origins, request)) {
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
function isFrom(origins: string[], { headers }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origins.includes(origin)) return true;
  if (site) return site === 'same-origin' || site === 'none';
  return origin === undefined || origin === 'null';
}
