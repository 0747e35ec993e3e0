import { FileStorage, UnableToReadFile } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Config } from '../config/config.js';
import { unavailable } from '../http/problem.js';
import { mimeTypeOf } from './picture-names.js';

/** Folder for files that are not complete; it is never served. */
const DRAFTS = '.drafts';
/** A file is complete within seconds. Older drafts were left by a process that was killed. */
const DRAFT_MS = 3_600_000;
const RETRY_AFTER_S = 10;

/** The shop's files: in `DATA_DIR/media`, or in an S3 bucket. A file gets its name when it is complete. */
@Injectable()
export class MediaStore {
  private readonly logger = new Logger(MediaStore.name);
  private readonly drafts: string;
  private opened?: Promise<FileStorage>;

  constructor(private readonly config: Config) {
    this.drafts = path.join(config.mediaDir, DRAFTS);
  }

  /** A path for a file that will be stored with `put`. */
  async newDraft(): Promise<string> {
    await mkdir(this.drafts, { recursive: true });
    return path.join(this.drafts, randomUUID());
  }

  /**
   * Stores a draft under its name. Names contain hashes, so that an existing file of that name has the same content.
   *
   * @throws Problem 503 when the bucket cannot be reached
   */
  async put(name: string, draft: string): Promise<void> {
    const storage = await this.storage();
    if (!this.config.mediaBucket) return storage.moveFile(`${DRAFTS}/${path.basename(draft)}`, name);
    const { size } = await stat(draft);
    const options = { mimeType: mimeTypeOf(name), size, cacheControl: IMMUTABLE };
    await storage
      .write(name, createReadStream(draft), options)
      .catch((error: Error) => this.outOfReach(error));
    await rm(draft, { force: true });
  }

  /** Stores a copy of a file that is never served, such as an import. @param name other than a picture's */
  async keep(name: string, file: string): Promise<void> {
    const draft = await this.newDraft();
    await copyFile(file, draft);
    await this.put(name, draft);
  }

  /** @throws when the file does not exist */
  async copyTo(name: string, file: string): Promise<void> {
    await pipeline(await (await this.storage()).read(name), createWriteStream(file, { mode: 0o600 }));
  }

  async has(name: string): Promise<boolean> {
    return (await this.storage()).fileExists(name);
  }

  /** Has no effect when the file does not exist. */
  async delete(name: string): Promise<void> {
    await (await this.storage()).deleteFile(name);
  }

  /** @returns undefined when the file does not exist. @throws Problem 503 when the bucket cannot be reached */
  async read(name: string): Promise<Buffer | undefined> {
    const storage = await this.storage();
    try {
      return await storage.readToBuffer(name);
    } catch (error) {
      if (error instanceof UnableToReadFile && error.wasFileNotFound) return undefined;
      return this.outOfReach(error as Error);
    }
  }

  async deleteStaleDrafts(): Promise<void> {
    for (const name of await readdir(this.drafts).catch(() => [])) {
      const file = path.join(this.drafts, name);
      const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Infinity;
      if (Date.now() - modified > DRAFT_MS) await rm(file, { force: true });
    }
  }

  private outOfReach(error: Error): never {
    this.logger.warn(`the bucket of MEDIA_URL cannot be reached: ${error.message}`);
    throw unavailable('storage_unavailable', 'Pictures are out of reach now; try again.', RETRY_AFTER_S);
  }

  /** Loads the AWS SDK only when there is a bucket. */
  private storage(): Promise<FileStorage> {
    const { mediaBucket, mediaDir } = this.config;
    return (this.opened ??= mediaBucket
      ? import('./s3-storage.js').then(({ openS3Storage }) => openS3Storage(mediaBucket))
      : Promise.resolve(new FileStorage(new LocalStorageAdapter(mediaDir))));
  }
}

export const IMMUTABLE = 'public, max-age=31536000, immutable';
