import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { Problem } from '../http/problem.js';
import { type ImportNote, importNote } from './import-note.js';
import { MediaService } from '../media/media.service.js';
import { hashIn } from '../media/picture-names.js';
import { UploadFolder } from '../media/upload-folder.js';
import { type FoundPicture, openPictures, type PictureSource } from './picture-source.js';

/** The result for a picture that a file names: its hash, or why it is refused. */
export type TakenPicture = { hash: string } | { problem: ImportNote };

/** Finds the pictures that a file of products names: stored here already, or in an accompanying folder or archive. */
@Injectable()
export class PictureIntake {
  constructor(
    private readonly media: MediaService,
    private readonly folder: UploadFolder,
    private readonly config: Config,
  ) {}

  /** @param source a folder, or a zip archive of one. @throws UnreadableFile for what is neither */
  open(source: string): Promise<PictureSource> {
    return openPictures(source, () => this.folder.newFile(), this.mostBytes);
  }

  /** Finds pictures that are stored here, and keeps them from deletion until `tx` ends. @returns hashes by address */
  async findOwn(addresses: string[], tx: Transaction): Promise<Map<string, string>> {
    const named = addresses.map((address) => ({ address, hash: hashIn(address) }));
    const held = new Set(
      await this.media.hold(
        named.flatMap(({ hash }) => hash ?? []),
        tx,
      ),
    );
    return new Map(named.flatMap(({ address, hash }) => (hash && held.has(hash) ? [[address, hash]] : [])));
  }

  /**
   * Stores a picture from the folder or archive, unless it is stored already, and keeps it from deletion until `tx` ends.
   *
   * @param dryRun checks the picture without storing it
   * @returns undefined when the source does not have it
   */
  async take(
    address: string,
    source: PictureSource,
    dryRun: boolean,
    tx: Transaction,
  ): Promise<TakenPicture | undefined> {
    const found = await source.find(address);
    if (!found) return undefined;
    try {
      return await this.takeFile(path.posix.basename(address).slice(0, 100), found, dryRun, tx);
    } finally {
      await found.release();
    }
  }

  private async takeFile(
    name: string,
    { path: file, size }: FoundPicture,
    dryRun: boolean,
    tx: Transaction,
  ): Promise<TakenPicture> {
    if (size > this.mostBytes) {
      return refused(name, 'file_too_large', `${name} is larger than ${this.config.maxUploadMb} MB.`);
    }
    const sha256 = await hashOf(file);
    const known = await this.media.holdMadeOf(sha256, tx);
    if (known) return { hash: known };
    const upload = { fieldname: 'pictures', originalname: name, path: file, size, sha256 };
    try {
      if (dryRun) return { hash: await this.media.check(upload) };
      const hashes = await this.media.add([upload]);
      await this.media.hold(hashes, tx);
      return { hash: hashes[0]! };
    } catch (error) {
      if (error instanceof Problem && error.kind !== 'unavailable') {
        return refused(name, error.code, error.message);
      }
      throw error;
    }
  }

  private get mostBytes(): number {
    return this.config.maxUploadMb * 2 ** 20;
  }
}

function refused(name: string, reason: string, message: string): TakenPicture {
  return { problem: importNote('picture_refused', { name, reason, message }) };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
