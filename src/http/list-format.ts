import type { FastifyInstance } from 'fastify';

/** The envelope as `paging.ts` writes it. */
const ENVELOPE =
  /^\{"count":(\d+)(?:,"count_exact":false)?,"next":(?:null|"([^"]*)"),"previous":(?:null|"([^"]*)"),"results":(\[[^]*\])\}$/;

/**
 * `LIST_FORMAT=array`: lists are bare arrays, as in Django REST without pagination. The count and the links move to
 * `X-Total-Count` and `Link` (RFC 8288).
 */
export function answerBareArrays(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const list = typeof payload === 'string' && reply.statusCode === 200 ? ENVELOPE.exec(payload) : null;
    if (!list) return done(null, payload);
    const [, count, next, previous, results] = list;
    const links = [next && `<${next}>; rel="next"`, previous && `<${previous}>; rel="prev"`].filter(Boolean);
    reply.header('x-total-count', count).removeHeader('etag').removeHeader('content-length');
    if (links.length > 0) reply.header('link', links.join(', '));
    done(null, results);
  });
}
