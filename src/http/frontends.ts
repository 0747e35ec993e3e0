import serveStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.js';

const PROJECT = path.resolve(import.meta.dirname, '../../..');

/** The folders of the frontends that `npm run build` builds, by URL prefix. */
const FRONTENDS = { '/admin': 'admin/dist', '/shop': 'examples/react/dist' };

/** Content Security Policy: nothing from other hosts; inline styles are allowed. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

/**
 * Serves each frontend: its files, and its `index.html` at every other path below its prefix, since the frontend has its
 * own router. The page gets a `<base>`, so that its files are found below the path of `PUBLIC_URL`.
 */
export async function serveFrontends(app: NestFastifyApplication, { publicPath }: Config): Promise<void> {
  await app.register(serveStatic, {
    root: path.join(PROJECT, 'templates/welcome'), // the pictures of the page at the root
    prefix: '/welcome/',
    decorateReply: false,
    index: false,
    wildcard: false,
    maxAge: '1h',
  });
  for (const [prefix, folder] of Object.entries(FRONTENDS)) {
    const root = path.join(PROJECT, folder);
    await app.register(serveStatic, {
      root,
      prefix: `${prefix}/`,
      decorateReply: false,
      index: false,
      wildcard: false, // one route a file
      globIgnore: ['index.html'],
      immutable: true, // their names hold a hash of their content
      maxAge: '1y',
    });
    const html = await readFile(path.join(root, 'index.html'), 'utf8');
    const page = html.replace('<head>', `<head>\n    <base href="${publicPath}${prefix}/" />`);
    const sendPage = (_request: unknown, reply: FastifyReply) =>
      reply
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(page);
    const fastify = app.getHttpAdapter().getInstance();
    fastify.get(prefix, sendPage);
    fastify.get(`${prefix}/*`, sendPage);
    fastify.get(`${prefix}/assets/*`, (_request: unknown, reply: FastifyReply) => reply.callNotFound());
  }
}
