import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

if (process.env.CI && !process.env.TEST_BROWSER) throw new Error('No browser on this machine: CI needs one.');

/** `describe`, skipped where the machine has no browser (see `find-programs.mjs`). */
export const describeInBrowser = process.env.TEST_BROWSER ? describe : describe.skip;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.TEST_BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A new browser context, with time-outs that are long enough for a busy machine. */
export async function openContext(
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  return context;
}

/** Serves an empty page on an origin of its own, like a frontend's development server. */
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

/** Script for a page: resolves after the next paint, or after a second when the browser draws no frame. */
export const DRAWN = `new Promise((drawn) => {
  requestAnimationFrame(() => requestAnimationFrame(drawn));
  setTimeout(drawn, 1000);
})`;

/** Script for a page: finishes all transitions and finite animations. */
export const SKIP_TRANSITIONS = `document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
  .forEach((transition) => transition.finish())`;
