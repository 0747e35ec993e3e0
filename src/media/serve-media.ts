import serveStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mkdir } from 'node:fs/promises';
import { Config } from '../config/config.js';
import { namesTag } from '../http/conditional.js';
import { IMMUTABLE, MediaStore } from './media-store.js';
import { mimeTypeOf, PICTURE_NAME } from './picture-names.js';

const PICTURE = /[.](avif|gif|jpe?g|png|webp)$/;
/** `Cache-Control` of a file that was put into the folder by hand, so that its content may change. */
const REPLACEABLE = 'public, max-age=3600';
const POLICY = "default-src 'none'; sandbox";

/** Serves pictures below `/media/`, and no other files of the folder or bucket. */
export async function serveMedia(app: NestFastifyApplication): Promise<void> {
  const { mediaBucket, mediaDir } = app.get(Config);
  await (mediaBucket ? serveBucket(app) : serveFolder(app, mediaDir));
}

async function serveFolder(app: NestFastifyApplication, mediaDir: string): Promise<void> {
  await mkdir(mediaDir, { recursive: true });
  await app.register(serveStatic, {
    root: mediaDir,
    prefix: '/media/',
    decorateReply: false,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    allowedPath: (path) => PICTURE.test(path),
    setHeaders: (reply, path) => {
      const name = path.slice(mediaDir.length + 1).replaceAll('\\', '/');
      reply.header('cache-control', PICTURE_NAME.test(name) ? IMMUTABLE : REPLACEABLE);
      reply.header('content-security-policy', POLICY);
    },
  });
}

/** Reads whole pictures, since they are small, and answers range requests from memory. */
async function serveBucket(app: NestFastifyApplication): Promise<void> {
  const store = app.get(MediaStore);
  app
    .getHttpAdapter()
    .getInstance()
    .get('/media/*', (request, reply) => send(store, request, reply));
}

async function send(store: MediaStore, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const name = (request.params as { '*': string })['*'];
  const picture = PICTURE_NAME.test(name) ? await store.read(name) : undefined;
  if (!picture) return reply.callNotFound();
  const tag = `"${name}"`;
  reply
    .headers({ 'cache-control': IMMUTABLE, 'content-security-policy': POLICY })
    .headers({ etag: tag, 'accept-ranges': 'bytes' })
    .type(mimeTypeOf(name));
  if (namesTag(request.headers['if-none-match'], tag))
    return reply.code(304).removeHeader('content-type').send();
  const range = rangeOf(request, tag, picture.length);
  if (!range) return reply.send(picture);
  const [start, end] = range;
  if (start >= picture.length || start > end) {
    return reply.code(416).header('content-range', `bytes */${picture.length}`).send();
  }
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${picture.length}`)
    .send(picture.subarray(start, end + 1));
}

/** First and last byte of a request for one range (RFC 9110, section 14.1.2); several are answered in full. */
function rangeOf({ headers }: FastifyRequest, tag: string, size: number): [number, number] | undefined {
  if (headers['if-range'] !== undefined && headers['if-range'] !== tag) return undefined;
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (first) return [Number(first), last ? Math.min(Number(last), size - 1) : size - 1];
  return last ? [Math.max(size - Number(last), 0), size - 1] : undefined;
}
