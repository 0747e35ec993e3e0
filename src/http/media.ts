import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.js';

/** Serves pictures, and nothing that a browser would run: whatever lies there is only ever shown. */
export async function serveMedia(app: NestFastifyApplication, config: Config): Promise<void> {
  await mkdir(config.mediaDir, { recursive: true });
  await app.register(fastifyStatic, {
    root: config.mediaDir,
    prefix: '/media/',
    index: false,
    decorateReply: false,
    cacheControl: true,
    maxAge: '1h',
    setHeaders: (reply) => {
      reply.header('content-security-policy', "default-src 'none'; sandbox");
    },
  });
}
