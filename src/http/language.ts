import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';

/** Languages of mails and pages; the first is the default. */
export const LANGUAGES = ['en', 'fr'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language that the `Accept-Language` header prefers among these. */
export function preferredLanguage(headers: IncomingHttpHeaders): Language {
  const preferred = new Negotiator({ headers }).language(LANGUAGES) as Language | undefined;
  return preferred ?? LANGUAGES[0];
}
