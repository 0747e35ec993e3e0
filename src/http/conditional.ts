import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { AddRouteConfig } from './route-config.js';

/** From when an answer is, by `performance.now()`, and how old it may get in anybody's memory. */
interface Freshness {
  asOf: number;
  maxAgeMs: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    conditional?: boolean;
    /** A write that answers with what a GET of the resource would show. */
    tagged?: boolean;
  }
  interface FastifyRequest {
    /** Of an answer that others may be shown as well; null: it is to be asked for anew each time. */
    freshness: Freshness | null;
  }
}

/** A read whose answer carries an `ETag` and, where it is public, says how old it may be; 304 to a client that has it already. */
export function Conditional(): MethodDecorator {
  return applyDecorators(
    AddRouteConfig({ conditional: true }),
    ApiResponse({ status: 304, description: 'It is what `If-None-Match` names, as an earlier `ETag` said.' }),
  );
}

/**
 * Conditional requests (RFC 9110, section 13.1.2) and what caches on the way may do (RFC 9111, section 5.2.2) on
 * the routes that are `@Conditional()`. `max-age` is the bound of our own memory, and `Age` what an answer has
 * spent of it, rounded up: no cache behind us makes an answer older than we would. Answers to signed-in users are private and asked for each
 * time, so that they see what they wrote.
 */
export function answerConditionals(fastify: FastifyInstance): void {
  fastify.decorateRequest('freshness', null);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.routeOptions.config.tagged && reply.statusCode === 200)
      reply.header('etag', entityTag(payload as string));
    if (!request.routeOptions.config.conditional || reply.statusCode !== 200) return done(null, payload);
    const tag = (reply.getHeader('etag') as string | undefined) ?? entityTag(payload as string);
    reply.header('etag', tag);
    tellFreshness(request, reply);
    if (!namesTag(request.headers['if-none-match'], tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type');
    done(null, request.method === 'HEAD' ? payload : null); // Fastify measures what HEAD leaves out
  });
}

export function entityTag(body: string): string {
  return `"${hash('sha1', body, 'base64url')}"`;
}

function tellFreshness({ headers, freshness }: FastifyRequest, reply: FastifyReply): void {
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

/** Weak comparison, as section 8.8.3.2 wants it here: a proxy that compresses makes our tags weak ones. */
export function namesTag(condition: string | undefined, tag: string): boolean {
  if (condition === undefined) return false;
  if (condition.trim() === '*') return true;
  return condition.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
