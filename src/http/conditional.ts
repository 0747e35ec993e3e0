import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { AddRouteConfig } from './route-config.js';

/** The time of an answer (`performance.now()`), and how old a cached copy of it may get. */
interface Freshness {
  asOf: number;
  maxAgeMs: number;
}

/** What Apache adds to the tag of a response that it compresses. */
const CODING_SUFFIX = /-(?:gzip|br)"$/;

declare module 'fastify' {
  interface FastifyContextConfig {
    conditional?: boolean;
    /** Marks a write that answers with the same body as a GET of the resource, and so gets its `ETag`. */
    tagged?: boolean;
  }
  interface FastifyRequest {
    /** Set for an answer that shared caches may keep; null: it must be revalidated each time. */
    freshness: Freshness | null;
  }
}

/** Marks a read whose answer carries an `ETag` and `Cache-Control`; `If-None-Match` is answered with 304. */
export function Conditional(): MethodDecorator {
  return applyDecorators(
    AddRouteConfig({ conditional: true }),
    ApiResponse({ status: 304, description: 'It is what `If-None-Match` names, as an earlier `ETag` said.' }),
  );
}

/**
 * Conditional requests (RFC 9110, section 13.1.2) and caching headers (RFC 9111, section 5.2.2) on the routes that are
 * `@Conditional()`. `max-age` is the maximum age in `ReadCache`, and `Age` how old the answer is, rounded up: so no cache
 * on the way shows an older answer than this server would. Answers to signed-in users are private and revalidated each
 * time, so that users see their own writes.
 */
export function answerConditionals(fastify: FastifyInstance): void {
  fastify.decorateRequest('freshness', null);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.routeOptions.config.tagged && reply.statusCode === 200)
      reply.header('etag', entityTag(payload as string));
    if (!request.routeOptions.config.conditional || reply.statusCode !== 200) return done(null, payload);
    const tag = (reply.getHeader('etag') as string | undefined) ?? entityTag(payload as string);
    reply.header('etag', tag);
    setFreshnessHeaders(request, reply);
    if (!namesTag(request.headers['if-none-match'], tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type');
    done(null, request.method === 'HEAD' ? payload : null); // Fastify takes the content length of HEAD from it
  });
}

export function entityTag(body: string): string {
  return `"${hash('sha1', body, 'base64url')}"`;
}

function setFreshnessHeaders({ headers, freshness }: FastifyRequest, reply: FastifyReply): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary ? `${vary as string}, Authorization` : 'Authorization');
  if (headers.authorization !== undefined) {
    reply.header('cache-control', 'private, no-cache');
  } else if (freshness) {
    const maxAge = Math.floor(freshness.maxAgeMs / 1000);
    reply.header('cache-control', `public, max-age=${maxAge}, must-revalidate`);
    reply.header('age', Math.ceil((performance.now() - freshness.asOf) / 1000));
  } else {
    reply.header('cache-control', 'public, no-cache');
  }
}

/**
 * Whether a condition names a tag, also as a proxy that compresses has changed it: nginx makes it weak (compared weakly, RFC
 * 9110, section 8.8.3.2), Apache adds the coding to it (`DeflateAlterETag`).
 */
export function namesTag(condition: string | undefined, tag: string): boolean {
  if (condition === undefined) return false;
  if (condition.trim() === '*') return true;
  return condition.split(',').some((entry) => {
    const known = entry.trim().replace(/^W\//, '');
    return known === tag || known.replace(CODING_SUFFIX, '"') === tag;
  });
}
