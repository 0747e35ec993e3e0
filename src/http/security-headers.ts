import type { FastifyInstance } from 'fastify';

/** What OWASP's HTTP headers cheat sheet asks of answers that no browser should render. */
export const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'cross-origin', // pictures are shown on the frontends' own pages
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const SWAGGER_UI_HEADERS = {
  ...HEADERS,
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
};

/**
 * The same headers on every answer, as constants: helmet writes them anew for each request. A page that needs more than an API sets its own policy over this one.
 */
export function secureHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/api/docs') ? SWAGGER_UI_HEADERS : HEADERS);
    done();
  });
}
