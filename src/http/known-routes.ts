import type { FastifyInstance, RouteOptions } from 'fastify';
import { canonicalUrl } from './route-aliases.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The values of a path parameter called `id`: digits, a UUID, or `me`. */
const ID = /^(?:\d{1,30}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|me)$/i;

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of a path or of its canonical form; none for an unknown path. */
    methodsAt(url: string): string[];
  }
}

/** Records all routes, so that a wrong method on a known path (405) can be distinguished from an unknown path (404). */
export function recordRoutes(fastify: FastifyInstance): void {
  const routes = new Map<string, string[][]>();
  fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) {
      if (!routes.has(each)) routes.set(each, []);
      routes.get(each)!.push(url.split('/'));
    }
  });
  const has = (method: string, url: string) => {
    const path = canonicalUrl(method, url).replace(/\?.*/s, '').split('/');
    return routes.get(method)?.some((route) => isAt(route, path)) ?? false;
  };
  fastify.decorate('methodsAt', (url: string) => METHODS.filter((method) => has(method, url)));
}

function isAt(route: string[], path: string[]): boolean {
  return route.length === path.length && route.every((segment, index) => accepts(segment, path[index]!));
}

function accepts(segment: string, text: string): boolean {
  if (segment === ':id') return ID.test(text);
  return segment.startsWith(':') ? text !== '' : segment === text;
}
