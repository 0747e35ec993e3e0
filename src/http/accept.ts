import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether `Accept` prefers a page, as a browser's address bar does and a program does not. */
export function prefersHtml(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType(['application/json', 'text/html']) === 'text/html';
}
