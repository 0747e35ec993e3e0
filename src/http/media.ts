import serveStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.js';

const PICTURE = /[.](avif|gif|jpe?g|png|webp)$/;

/** Serves the pictures below `mediaDir`, and no other file that may lie there. */
export async function serveMedia(app: NestFastifyApplication, { mediaDir }: Config): Promise<void> {
  await mkdir(mediaDir, { recursive: true });
  await app.register(serveStatic, {
    root: mediaDir,
    prefix: '/media/',
    decorateReply: false,
    index: false,
    dotfiles: 'ignore',
    maxAge: '1h',
    allowedPath: (path) => PICTURE.test(path),
    setHeaders: (reply) => void reply.header('content-security-policy', "default-src 'none'; sandbox"),
  });
}
