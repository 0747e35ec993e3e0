import serveStatic from '@fastify/static';
import fastify, { type FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeInBrowser } from './browser.js';
import { freePort } from './free-port.js';
import { type Frontend, openShopForBrowsers } from './shop-visitor.js';

/** `describe`, in `npm run test:angular` only, which installs and builds the Angular shop first. */
export const describeWithAngular = process.env.TEST_ANGULAR ? describeInBrowser : describe.skip;

const BUILT = path.resolve('examples/angular/dist');

/** The built Angular shop on an origin of its own, as frontends often are: the browser's requests to the API use CORS. */
export async function openAngularShop(): Promise<Frontend> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const shop = await openShopForBrowsers(() => ({ CORS_ORIGINS: url, FRONTEND_URL: url }));
  const server = fastify();
  const html = await readFile(path.join(BUILT, 'index.html'), 'utf8');
  const page = html.replace('content="http://localhost:8000"', `content="${shop.url}"`);
  const policy =
    `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'self'; ` +
    `form-action 'self'; img-src 'self' data: blob: ${shop.url}; connect-src ${shop.url}`;
  const sendPage = (_request: unknown, reply: FastifyReply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
  await server.register(serveStatic, {
    root: BUILT,
    index: false,
    wildcard: false,
    globIgnore: ['index.html'],
  });
  server.get('/*', sendPage);
  await server.listen({ port, host: '127.0.0.1' });
  return { url, shop, close: async () => void (await Promise.all([server.close(), shop.close()])) };
}
