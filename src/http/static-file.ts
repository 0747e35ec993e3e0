import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

const TYPES: Record<string, string> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Every part begins with a letter or a digit: none is hidden, and none leads out of the folder. */
const NAME = /^(?:\w[\w-]*[./])*\w[\w-]*$/;

/** Answers with the file of that name below `folder`; 404 for one of a kind that is not in the list above. */
export async function sendFile(
  folder: string,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const type = TYPES[path.extname(name)];
  const file = type && NAME.test(name) ? await openFile(path.join(folder, name)) : undefined;
  if (!file) {
    reply.callNotFound();
    return reply;
  }
  const { size, mtimeMs } = file.stats;
  const etag = `W/"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`;
  reply.headers({ etag, 'cache-control': 'public, max-age=3600' });
  if (request.headers['if-none-match']?.includes(etag)) {
    await file.handle.close();
    return reply.code(304).send();
  }
  return reply.headers({ 'content-type': type, 'content-length': size }).send(file.handle.createReadStream());
}

async function openFile(location: string) {
  let handle: FileHandle | undefined;
  try {
    handle = await open(location);
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, stats };
  } catch (error) {
    if (!NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  await handle?.close();
  return undefined;
}

const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG']);
