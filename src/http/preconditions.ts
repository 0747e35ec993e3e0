import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { entityTag, namesTag } from './conditional.js';
import { Problem } from './problem.js';
import { AddRouteConfig } from './route-config.js';

/** The condition in `If-Match` on the resource that a request changes (RFC 9110, section 13.1.1). */
export class Precondition {
  constructor(private readonly tags: string) {}

  /**
   * Call it with the resource locked. Tags that a compressing proxy changed match as well.
   *
   * @param body the body that a GET by the same user would answer now
   * @throws Problem 412 `precondition_failed` with the present `ETag`
   */
  check(body: string): void {
    const tag = entityTag(body);
    if (!namesTag(this.tags, tag)) throw preconditionFailed('It was changed since it was read.', tag);
  }
}

/** The request's `If-Match`, or undefined without one. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const tags = header(context, 'if-match');
  return tags === undefined ? undefined : new Precondition(tags);
});

/** Whether the request has `If-None-Match: *`: what it creates must not exist. */
export const MustBeNew = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => header(context, 'if-none-match')?.trim() === '*',
);

/**
 * Documents `@IfMatch()` on a route, and gives its answer the new `ETag`.
 *
 * @param of the GET whose `ETag` it is, for a route that answers with another body
 */
export function AcceptsIfMatch(of?: string): MethodDecorator {
  return applyDecorators(
    AddRouteConfig({ tagged: of === undefined }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: `The \`ETag\` that was read${of ? ` by ${of}` : ''}; 412 with the present one when the resource has changed since.`,
    }),
  );
}

/** Documents `@MustBeNew()`. */
export function AcceptsIfNoneMatch(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: '`*`: 412 with the present `ETag` when it exists already.',
    }),
  );
}

/** @param tag the present `ETag` */
export function preconditionFailed(detail: string, tag: string): Problem {
  return new Problem('precondition_failed', 'precondition_failed', detail, { etag: tag });
}

function header(context: ExecutionContext, name: string): string | undefined {
  const value = context.switchToHttp().getRequest<FastifyRequest>().headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
