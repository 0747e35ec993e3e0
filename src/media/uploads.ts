import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import {
  AnyFilesInterceptor,
  type IncomingMultipartFile,
  type MultipartOptions,
  type MultipartStorageEngine,
} from '@nestjs/platform-fastify/multipart';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { callbackify } from 'node:util';
import { concatMap, finalize, from, type Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { allowLongBody } from '../http/body-deadline.js';
import { MAX_BODY_BYTES, MAX_VALUES, refuseOutOfBounds } from '../http/json-body.js';
import { invalidField, tooLarge } from '../http/problem.js';
import { AddRouteConfig } from '../http/route-config.js';
import { type Upload, uploadsOf } from '../http/uploads.js';
import { UploadFolder } from './upload-folder.js';

const MAX_FILES = 20;
/** With more files than this, each chunk waits a millisecond instead of a tick. */
const MANY = 4;

/**
 * Limits uploads to one chunk of one file (or one new request) in each tick of the event loop, and in each millisecond
 * while many are uploaded at once, so that other requests are served in between. The sockets' back-pressure slows down
 * the clients.
 */
class UploadPacer {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  async next(): Promise<void> {
    this.waiting += 1;
    this.last = this.last.then(() => (this.waiting > MANY ? setTimeout(1) : setImmediate()));
    await this.last;
    this.waiting -= 1;
  }
}

const pacer = new UploadPacer();

/** A storage engine that streams each file of a multipart body to a temporary file. */
@Injectable()
export class UploadStorage implements MultipartStorageEngine {
  private readonly received = new WeakMap<FastifyRequest, number>();

  constructor(
    private readonly folder: UploadFolder,
    private readonly config: Config,
  ) {}

  _handleFile(
    request: FastifyRequest,
    file: IncomingMultipartFile,
    done: (error: unknown, info: Partial<Upload>) => void,
  ): void {
    callbackify(() => this.receive(request, file))(done);
  }

  _removeFile(
    _request: FastifyRequest,
    { path }: Partial<Upload>,
    done: (error: Error | null) => void,
  ): void {
    callbackify(() => rm(path!, { force: true }))(done);
  }

  /** @throws Problem 400 for a file where none is expected, or one too many; 413 for one that is too large */
  private async receive(request: FastifyRequest, file: IncomingMultipartFile): Promise<Partial<Upload>> {
    const { originalname, stream } = file;
    const fieldname = file.fieldname.replace(/\[\d*\]$/, ''); // some clients write images[] for a list
    if (!request.routeOptions.config.takesFiles!.includes(fieldname)) {
      throw invalidField(fieldname, `${fieldname} must not be a file`);
    }
    const count = (this.received.get(request) ?? 0) + 1;
    this.received.set(request, count);
    if (count > MAX_FILES) throw invalidField(fieldname, `More than ${MAX_FILES} files at once`);

    const path = await this.folder.newFile();
    Object.assign(file, { path }); // so that Nest removes what an aborted request leaves
    const most = request.routeOptions.config.takesLargeFiles
      ? this.config.maxImportMb
      : this.config.maxUploadMb;
    const hash = createHash('sha256');
    const isFingerprinted = request.headers['idempotency-key'] !== undefined;
    let size = 0;
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        await pacer.next();
        size += chunk.length;
        if (size > most * 2 ** 20) {
          throw tooLarge('file_too_large', fieldname, `${originalname} is larger than ${most} MB.`);
        }
        if (isFingerprinted) hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(stream, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return { fieldname, path, size, sha256: isFingerprinted ? hash.digest('hex') : undefined };
  }
}

/** Options of Nest's interceptor. Its limit on bytes is above that of `receive`, whose error names the file. */
export function multipartOptions(
  storage: UploadStorage,
  { maxUploadMb, maxImportMb }: Config,
): MultipartOptions {
  return {
    storage,
    limits: {
      fileSize: Math.max(maxUploadMb, maxImportMb) * 2 ** 20 + 1,
      files: MAX_FILES + 1,
      fields: MAX_VALUES,
      parts: MAX_VALUES,
      fieldSize: MAX_BODY_BYTES,
    },
    defParamCharset: 'utf8',
  };
}

/** Runs around Nest's interceptor: allows the body more time, and deletes the files when the request is answered. */
@Injectable()
class UploadInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.isMultipart()) allowLongBody(request);
    return from(pacer.next()).pipe(
      concatMap(() => next.handle()),
      finalize(() => {
        for (const { path } of uploadsOf(request)) void rm(path, { force: true }).catch(() => {});
      }),
    );
  }
}

/**
 * Runs after Nest's interceptor: checks the limits of the body and reads it as other forms are read. An empty file input
 * may be sent as an empty text.
 */
@Injectable()
class UploadedBodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.isMultipart()) {
      const { takesFiles } = request.routeOptions.config;
      request.body = readAsForm(request.body as Record<string, unknown>, takesFiles!);
      refuseOutOfBounds(request.body as object);
    }
    return next.handle();
  }
}

/** The last value of a repeated field counts, except for fields that take files. */
function readAsForm(body: Record<string, unknown>, fileFields: readonly string[]): object {
  const fields = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    if (!fileFields.includes(name)) return [[name, Array.isArray(value) ? value.at(-1) : value]];
    const filled = [value].flat().filter((text) => text !== '');
    return filled.length > 0 ? [[name, filled.length > 1 ? filled : filled[0]]] : [];
  });
  return Object.fromEntries(fields);
}

/**
 * Accepts multipart bodies with files in these fields. They are read after the guards have admitted the request; other
 * bodies are read as on every route.
 */
export function TakesFiles(...fields: string[]): MethodDecorator {
  return applyDecorators(
    AddRouteConfig({ takesFiles: fields }),
    ApiExtension('x-files', fields),
    UseInterceptors(UploadInterceptor, AnyFilesInterceptor(), UploadedBodyInterceptor),
  );
}

/** `TakesFiles` for files of `MAX_IMPORT_MB`. */
export function TakesLargeFiles(...fields: string[]): MethodDecorator {
  return applyDecorators(AddRouteConfig({ takesLargeFiles: true }), TakesFiles(...fields));
}

export const Uploads = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  uploadsOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
