import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether `Accept` prefers a page, as a browser's address bar does and a program does not. */
export function prefersHtml(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType(['application/json', 'text/html']) === 'text/html';
}

const PROBLEM_JSON = 'application/problem+json';

/** `application/problem+json` for a client whose `Accept` names it, else `application/json`. */
export function problemMediaType(headers: IncomingHttpHeaders): typeof PROBLEM_JSON | 'application/json' {
  const isNamed = headers.accept?.includes(PROBLEM_JSON);
  return isNamed && new Negotiator({ headers }).mediaTypes().includes(PROBLEM_JSON)
    ? PROBLEM_JSON
    : 'application/json';
}
