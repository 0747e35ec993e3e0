import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import type { Language } from '../http/language.js';

/** The address of such a page is a secret: it must be neither cached nor sent as a referrer. */
export const SECRET_PAGE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'Accept, Accept-Language',
};

/** Says of an answer that it is a page, in whose place or frame nothing of others may stand. */
export function sendAsPage(html: string, language: Language, reply: FastifyReply): string {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': policyFor(html),
    'x-frame-options': 'DENY',
  });
  return html;
}

/** Nothing but the page's own style, by its hash, and pictures of the shop. */
function policyFor(html: string): string {
  const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style]) => {
    return `'sha256-${createHash('sha256').update(style!).digest('base64')}'`;
  });
  return [
    `default-src 'none'`,
    `style-src ${styles.join(' ') || `'none'`}`,
    `img-src 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ].join('; ');
}
