import { canonicalUrl } from '../../src/http/route-aliases.js';
import { canonicalDocuments } from './documents.js';

interface Answer {
  status: number;
  type: string;
  body: unknown;
}

declare global {
  // Set by `shop-environment.mjs`.
  var judgeAnswer: (documents: readonly string[], method: string, path: string, answer: Answer) => string;
}

/** Statuses of requests that were refused before routing, or that match no route. */
const WITHOUT_A_ROUTE = [405, 408, 431];

/**
 * Compares a response with the committed documents: they must describe the operation, its status and its media type, and
 * the body must have the described members, of the described types, and no others.
 *
 * @returns the differences; '' when there are none
 */
export function whatIsUndescribed(method: string, url: string, answer: Answer): string {
  const path = canonicalUrl(method, url).replace(/\?.*/s, '');
  const isOfTheApi = /^\/api(\/|$)/.test(path) && !path.startsWith('/api/docs');
  if (!isOfTheApi || WITHOUT_A_ROUTE.includes(answer.status)) return '';
  return judgeAnswer(canonicalDocuments, method, path, answer);
}
