import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuseUnstorable } from './json-body.js';
import { forbidden, Problem } from './problem.js';

const MAX_FORM_BYTES = 4096;
const MAX_FIELDS = 20;

/** Lets a route take what an HTML form sends; every other route takes JSON alone. */
export const TakesForm = () =>
  applyDecorators(
    RouteConfig({ takesForm: true }),
    ApiConsumes('application/json', 'application/x-www-form-urlencoded'),
  );

/**
 * Reads forms (`application/x-www-form-urlencoded`) on the routes that say `@TakesForm()`. A form needs no leave
 * from CORS to be sent, so one that another site sends is refused here.
 */
export function readForms(fastify: FastifyInstance, publicUrl: string): void {
  const ownOrigin = new URL(publicUrl).origin;
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    (request, text, done) => {
      try {
        done(null, readForm(request, text as string, ownOrigin));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** @throws Problem 415 on a route that takes no form, 403 from another site, 400 for text that cannot be stored */
function readForm(request: FastifyRequest, text: string, ownOrigin: string): Record<string, string> {
  if (!(request.routeOptions.config as { takesForm?: boolean }).takesForm) {
    throw new Problem('unsupported_media_type', 'unsupported_media_type', 'The body must be JSON.');
  }
  if (!isFromHere(request, ownOrigin))
    throw forbidden('cross_site_form', 'The form was sent from another site.');
  const fields = [...new URLSearchParams(text)].slice(0, MAX_FIELDS);
  for (const [, value] of fields) refuseUnstorable(value);
  return Object.fromEntries(fields);
}

/** By Fetch Metadata; older browsers say the origin, or `null` because our pages send no referrer. */
function isFromHere({ headers }: FastifyRequest, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site) return site === 'same-origin' || site === 'none';
  return headers.origin === undefined || headers.origin === 'null' || headers.origin === ownOrigin;
}
