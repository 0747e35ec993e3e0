import { Injectable } from '@nestjs/common';
import { copyFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Database, type Transaction } from '../database/database.js';
import { invalid, type Problem, tooLarge } from '../http/problem.js';
import type { Upload } from '../http/uploads.js';
import { allSettled } from './all-settled.js';
import type { EncodedPicture } from './encode-picture.js';
import { MediaStore } from './media-store.js';
import { PictureEncoder } from './picture-encoder.js';
import { PictureFilesRepository } from './picture-files.repository.js';
import { PictureRefused, type Refusal } from './picture-format.js';
import { namesOf } from './picture-names.js';

const REFUSALS: Record<Refusal, string> = {
  picture_empty: 'is empty',
  picture_is_markup: 'is text such as SVG, HTML or a script, which may run in a browser',
  picture_is_heic: 'is HEIC, which browsers do not show: save it as JPEG',
  picture_format_unknown: 'is no PNG, JPEG, WebP, AVIF or GIF',
  picture_cut_short: 'is cut short',
  picture_too_large: 'has more than 40 megapixels',
  picture_too_slow: 'takes more than a minute to decode',
  picture_damaged: 'is damaged',
};

/** Pictures and their files, independent of the products that show them. */
@Injectable()
export class MediaService {
  constructor(
    private readonly encoder: PictureEncoder,
    private readonly store: MediaStore,
    private readonly files: PictureFilesRepository,
    private readonly database: Database,
  ) {}

  /**
   * Encodes pictures and stores the files of all of them, or of none. For an hour they count as used; the caller must
   * attach them to a product within it.
   *
   * @returns their hashes
   * @throws Problem 400 or 413 that names file and reason; 503 when too many wait to be encoded
   */
  async add(uploads: Upload[]): Promise<string[]> {
    const drafts = await Promise.all(uploads.map(() => this.store.newDraft()));
    try {
      const encoded = await allSettled(uploads.map((upload, index) => this.encode(upload, drafts[index]!)));
      for (const [index, picture] of encoded.entries()) await this.keep(picture, uploads[index]!.sha256);
      return encoded.map(({ hash }) => hash);
    } finally {
      await Promise.all(drafts.map(deleteDrafts));
    }
  }

  /** Checks a picture without storing it. @returns the hash that `add` would return. @throws Problem as `add` does */
  async check(upload: Upload): Promise<string> {
    const draft = await this.store.newDraft();
    try {
      return (await this.encode(upload, draft)).hash;
    } finally {
      await deleteDrafts(draft);
    }
  }

  /** Finds the picture made from a file, and keeps it until `tx` ends. @returns its hash, or undefined */
  holdMadeOf(sourceHash: string, tx: Transaction): Promise<string | undefined> {
    return this.files.holdMadeOf(sourceHash, tx);
  }

  /** Keeps stored pictures until `tx` ends. @returns those of the hashes that are stored */
  hold(hashes: string[], tx: Transaction): Promise<string[]> {
    return this.files.hold(hashes, tx);
  }

  /** Stores a picture from a folder with its encoded files, which have the names of `namesOf`. */
  async addEncoded(picture: Omit<EncodedPicture, 'files'>, folder: string): Promise<void> {
    const draft = await this.store.newDraft();
    const files = namesOf(picture).map((name, index) => ({ name, path: `${draft}-${index}` }));
    await Promise.all(files.map((file) => copyFile(path.join(folder, file.name), file.path)));
    await this.keep({ ...picture, files });
  }

  /** Whether all files of the picture are stored; the last one is stored last. */
  has(picture: { hash: string; widths: number[] }): Promise<boolean> {
    return this.store.has(namesOf(picture).at(-1)!);
  }

  /** Deletes the files of unused pictures. If the process is killed meanwhile, the next call continues. */
  async deleteUnused(): Promise<void> {
    await this.store.deleteStaleDrafts();
    while (await this.deleteOneUnused());
  }

  private async encode(upload: Upload, draft: string): Promise<EncodedPicture> {
    try {
      return await this.encoder.encode(upload.path, draft);
    } catch (error) {
      throw error instanceof PictureRefused ? refused(upload, error.reason) : error;
    }
  }

  private async keep({ files, ...picture }: EncodedPicture, sourceHash?: string): Promise<void> {
    await this.files.reserve(picture, sourceHash);
    for (const { name, path: file } of files) await this.store.put(name, file);
  }

  private deleteOneUnused(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const picture = await this.files.lockUnused(tx);
      if (!picture) return false;
      for (const name of namesOf(picture)) await this.store.delete(name);
      await this.files.delete(picture.hash, tx);
      return true;
    });
  }
}

function refused({ fieldname, originalname }: Upload, reason: Refusal): Problem {
  const message = `${originalname} ${REFUSALS[reason]}.`;
  if (reason === 'picture_too_large') return tooLarge(reason, fieldname, message);
  return invalid(reason, message, { [fieldname]: [message] });
}

/** Deletes the drafts that were not stored. */
async function deleteDrafts(draft: string): Promise<void> {
  const folder = path.dirname(draft);
  const names = (await readdir(folder)).filter((name) => name.startsWith(path.basename(draft)));
  await Promise.all(names.map((name) => rm(path.join(folder, name), { force: true })));
}
