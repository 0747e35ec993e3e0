import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.js';
import { sendFile } from './static-file.js';

/** Serves pictures, and nothing that a browser would run: whatever lies there is only ever shown. */
export async function serveMedia(app: NestFastifyApplication, { mediaDir }: Config): Promise<void> {
  await mkdir(mediaDir, { recursive: true });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.get<{ Params: { '*': string } }>('/media/*', (request, reply) => {
    reply.header('content-security-policy', "default-src 'none'; sandbox");
    return sendFile(mediaDir, request.params['*'], request, reply);
  });
}
