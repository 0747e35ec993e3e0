import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';

/** Languages that mails and pages are written in; the first is for everybody else. */
export const LANGUAGES = ['en', 'fr'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language of ours that the `Accept-Language` header prefers. */
export function preferredLanguage(headers: IncomingHttpHeaders): Language {
  const preferred = new Negotiator({ headers }).language(LANGUAGES) as Language | undefined;
  return preferred ?? LANGUAGES[0];
}
