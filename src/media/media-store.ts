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

/** Where files are made before they have their names; nothing here is served. */
const DRAFTS = '.drafts';
/** A file is complete within seconds. What is older was left by a process that was killed. */
const DRAFT_MS = 3_600_000;
const RETRY_AFTER_S = 10;

/** The files below `/media/`: in `DATA_DIR/media`, or in an S3 bucket. A file has its name when it is complete. */
@Injectable()
export class MediaStore {
  private readonly logger = new Logger(MediaStore.name);
  private readonly drafts: string;
  private opened?: Promise<FileStorage>;

  constructor(private readonly config: Config) {
    this.drafts = path.join(config.mediaDir, DRAFTS);
  }

  /** A path for files that are going to be stored. */
  async newDraft(): Promise<string> {
    await mkdir(this.drafts, { recursive: true });
    return path.join(this.drafts, randomUUID());
  }

  /**
   * Gives a draft its name; names are hashes, so that one that is there has the same content.
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

  /** Keeps a file that nobody is served. @param name of no picture */
  async keep(name: string, file: string): Promise<void> {
    const draft = await this.newDraft();
    await copyFile(file, draft);
    await this.put(name, draft);
  }

  /** @throws when it is not there */
  async copyTo(name: string, file: string): Promise<void> {
    await pipeline(await (await this.storage()).read(name), createWriteStream(file, { mode: 0o600 }));
  }

  async has(name: string): Promise<boolean> {
    return (await this.storage()).fileExists(name);
  }

  /** Without a complaint when it is not there. */
  async delete(name: string): Promise<void> {
    await (await this.storage()).deleteFile(name);
  }

  /** @returns undefined when it is not there. @throws Problem 503 when the bucket cannot be reached */
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

  /** The AWS SDK takes a while to load: only where it is used. */
  private storage(): Promise<FileStorage> {
    const { mediaBucket, mediaDir } = this.config;
    return (this.opened ??= mediaBucket
      ? import('./s3-storage.js').then(({ openS3Storage }) => openS3Storage(mediaBucket))
      : Promise.resolve(new FileStorage(new LocalStorageAdapter(mediaDir))));
  }
}

export const IMMUTABLE = 'public, max-age=31536000, immutable';
