import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The longest that any request may take to arrive (Node's `requestTimeout`). */
export const LONGEST_REQUEST_MS = 900_000;
/** The longest that a body other than an upload may take. */
const BODY_MS = 15_000;
/** At least this much of an upload must arrive in each span. */
const SPAN_MS = 10_000;
const BYTES_A_SPAN = 16 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** Ends the request unless its body arrives in time; null when there is none. */
    bodyDeadline: NodeJS.Timeout | null;
  }
}

/**
 * Ends requests whose bodies arrive too slowly, so that clients cannot hold connections by sending a byte now and then.
 * Node has one timeout for all requests, but an upload over a slow line may take minutes.
 */
export function limitBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyDeadline', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (awaitsBody(request)) {
      request.bodyDeadline = setTimeout(() => timeOut(request), BODY_MS).unref();
      const clear = () => clearTimeout(request.bodyDeadline!);
      request.raw.once('end', clear).once('close', clear);
    }
    done();
  });
}

/** Replaces the deadline by a minimum rate. Call it after the sender's right to upload was checked. */
export function allowLongBody(request: FastifyRequest): void {
  const { bodyDeadline, raw } = request;
  if (!bodyDeadline || raw.complete) return;
  clearTimeout(bodyDeadline);
  let received = raw.socket.bytesRead;
  const check = () => {
    const before = received;
    received = raw.socket.bytesRead;
    if (received - before < BYTES_A_SPAN) timeOut(request);
  };
  request.bodyDeadline = setInterval(check, SPAN_MS).unref();
}

function awaitsBody({ headers, raw }: FastifyRequest): boolean {
  const isAnnounced =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return isAnnounced && !raw.complete;
}

/** Ends the request in the same way as Node's own timeouts. */
function timeOut({ server, raw, bodyDeadline }: FastifyRequest): void {
  clearTimeout(bodyDeadline!);
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  server.server.emit('clientError', error, raw.socket);
}
