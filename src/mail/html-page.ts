import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import type { Language } from '../http/language.js';

/** Headers of a page whose URL is a secret: it must be neither cached nor sent as a referrer. */
export const SECRET_PAGE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'Accept, Accept-Language',
};

/** Sets the headers of an HTML page, with a policy that allows no scripts and no framing. */
export function sendAsPage(html: string, language: Language, reply: FastifyReply): string {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': policyFor(html),
    'x-frame-options': 'DENY',
  });
  return html;
}

/** Content Security Policy: only the page's own style, by its hash, and pictures of this origin. */
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
