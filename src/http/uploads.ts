import type { FastifyRequest } from 'fastify';

/** A file of a multipart body, stored in a temporary file until the request is answered. */
export interface Upload {
  fieldname: string;
  /** The file's name at its sender: for messages only. */
  originalname: string;
  path: string;
  size: number;
  /** Only for a request with an `Idempotency-Key`. */
  sha256?: string;
}

/** The files of a request; none unless it is multipart, on a route that takes files. */
export function uploadsOf(request: FastifyRequest): Upload[] {
  const { files } = request as { files?: unknown };
  return Array.isArray(files) ? (files as Upload[]) : [];
}
