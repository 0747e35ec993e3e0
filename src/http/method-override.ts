import { applyDecorators, type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { methodNotAllowed } from './problem.js';
import { canonicalUrl } from './route-aliases.js';
import { isV1 } from './v1-failure.js';

const OVERRIDES = ['PUT', 'PATCH', 'DELETE'];

/**
 * Laravel's clients may send a POST that names another method in `X-HTTP-Method-Override` or, as forms do, in
 * `_method` (https://laravel.com/docs/routing#form-method-spoofing). Below `/api/v1` the header, or `_method` in the
 * query, chooses the route. The body is read too late for that: see `NamedInBody`.
 */
export function overrideMethod(request: IncomingMessage, publicPath: string): void {
  const { method, url = '', headers } = request;
  if (method !== 'POST' || !isV1(canonicalUrl('POST', url, publicPath))) return;
  const inQuery = new URLSearchParams(url.split('?')[1]).get('_method');
  const wanted = String(headers['x-http-method-override'] ?? inQuery ?? '').toUpperCase();
  if (OVERRIDES.includes(wanted)) request.method = wanted;
}

/** A POST route for bodies whose `_method` is `method`. @throws Problem 405 for other bodies */
export const NamedInBody = (method: string) =>
  applyDecorators(UseGuards(new NamedInBodyGuard(method)), ApiExcludeEndpoint());

class NamedInBodyGuard implements CanActivate {
  constructor(private readonly method: string) {}

  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<FastifyRequest<{ Body?: { _method?: unknown } }>>();
    if (String(body?._method ?? '').toUpperCase() === this.method) return true;
    throw methodNotAllowed('POST', [this.method]);
  }
}
