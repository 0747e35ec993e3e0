import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

if (process.env.CI && !process.env.TEST_BROWSER) throw new Error('No browser on this machine: CI needs one.');

/** `describe`, where the machine has a browser (see `find-programs.mjs`). */
export const describeInBrowser = process.env.TEST_BROWSER ? describe : describe.skip;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.TEST_BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A browser's profile of its own, whose waits a busy machine meets, too. */
export async function openContext(
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  return context;
}

/** An empty page on an origin of its own, as a frontend's development server has one. */
export async function serveEmptyPage(): Promise<{ origin: string; close(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A frontend</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** In a page: until what changed is drawn. A frame that the browser never draws is not waited for. */
export const DRAWN = `new Promise((drawn) => {
  requestAnimationFrame(() => requestAnimationFrame(drawn));
  setTimeout(drawn, 1000);
})`;

/** In a page: what fades in, or passes over into other colours, is at its end. */
export const SKIP_TRANSITIONS = `document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
  .forEach((transition) => transition.finish())`;
