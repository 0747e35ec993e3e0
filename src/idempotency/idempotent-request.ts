import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHmac, type KeyObject } from 'node:crypto';
import type { Config } from '../config/config.js';
import { invalidField } from '../http/problem.js';
import { uploadsOf } from '../http/uploads.js';

/** A request with an idempotency key: its work is done once, however often it arrives. */
export interface IdempotentRequest {
  key: string;
  /** HMAC-SHA-256 of method, canonical address, body and files: a body may hold a password. */
  fingerprint: Buffer;
}

declare module 'fastify' {
  interface FastifyInstance {
    idempotencyKey: KeyObject;
  }
}

/** Keys the fingerprints, so that nobody with a copy of the database can guess bodies by trying. */
export function sealFingerprints(fastify: FastifyInstance, config: Config): void {
  fastify.decorate('idempotencyKey', config.key('idempotency'));
}

/** A response: the status and the JSON text of the body. */
export interface Answer {
  status: number;
  body: string;
}

/** Documents the header on a route that reads `@Idempotency()`. @param effect of a retry with the same key */
export function AcceptsIdempotencyKey(effect = 'gets the first response'): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: `A retry with the same key ${effect}; 1 to 255 visible ASCII characters, kept for 24 hours.`,
    }),
  );
}

/** The request's `Idempotency-Key` with its fingerprint, or undefined when it has none. */
export const Idempotency = createParamDecorator(
  (_data: unknown, context: ExecutionContext): IdempotentRequest | undefined => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return undefined;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw invalidField('Idempotency-Key', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
    }
    const hash = createHmac('sha256', request.server.idempotencyKey);
    hash.update(`${request.method} ${request.url}\n${JSON.stringify(ordered(request.body ?? null))}`);
    for (const { fieldname, sha256 } of uploadsOf(request)) hash.update(`\n${fieldname} ${sha256}`);
    return { key, fingerprint: hash.digest() };
  },
);

/** Sorts the members at every depth, since their order in JSON has no meaning. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}
