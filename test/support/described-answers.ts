import { canonicalUrl } from '../../src/http/route-aliases.js';
import { canonicalDocuments } from './documents.js';

interface Answer {
  status: number;
  type: string;
  body: unknown;
}

declare global {
  // Of `shop-environment.mjs`.
  var judgeAnswer: (documents: readonly string[], method: string, path: string, answer: Answer) => string;
}

/** Of a request that is refused before it has a route, or that has none. */
const WITHOUT_A_ROUTE = [405, 408, 431];

/**
 * Holds an answer to what the committed documents say of it: the operation is there, the status and the media type too,
 * and the body has the members that are described, of these types, and no other.
 *
 * @returns what is wrong with it; '' when nothing is
 */
export function whatIsUndescribed(method: string, url: string, answer: Answer): string {
  const path = canonicalUrl(method, url).replace(/\?.*/s, '');
  const isOfTheApi = /^\/api(\/|$)/.test(path) && !path.startsWith('/api/docs');
  if (!isOfTheApi || WITHOUT_A_ROUTE.includes(answer.status)) return '';
  return judgeAnswer(canonicalDocuments, method, path, answer);
}
