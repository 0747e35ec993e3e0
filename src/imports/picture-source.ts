import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { UnreadableFile } from './import-file.js';
import { importNote } from './import-note.js';

/** More than a shop has, and few enough for an index in memory. */
const MOST_FILES = 200_000;

/** A picture that was given along, as a file. */
export interface FoundPicture {
  path: string;
  size: number;
  /** Call it after reading: it deletes a file that was extracted from an archive. */
  release(): Promise<void>;
}

/** The pictures that accompany a file of products. Pictures are never downloaded from their addresses. */
export interface PictureSource {
  /** @returns undefined when no file fits the address, or several fit equally */
  find(address: string): Promise<FoundPicture | undefined>;
  close(): void;
}

/**
 * Opens a folder, or a zip archive of one.
 *
 * @param newFile returns a path for an extracted picture
 * @param mostBytes most bytes of a picture that are extracted
 * @throws UnreadableFile for another kind of file
 */
export async function openPictures(
  source: string,
  newFile: () => Promise<string>,
  mostBytes: number,
): Promise<PictureSource> {
  return (await stat(source)).isDirectory() ? openFolder(source) : openArchive(source, newFile, mostBytes);
}

/** An index of files by name. An address fits the file that shares the most trailing path segments with it. */
class Names<Value> {
  private readonly byName = new Map<string, { parts: string[]; value: Value }[]>();
  private count = 0;

  /** @throws UnreadableFile for one too many */
  add(name: string, value: Value): void {
    this.count += 1;
    if (this.count > MOST_FILES) {
      throw new UnreadableFile(importNote('pictures_too_many', { max: MOST_FILES }));
    }
    const parts = partsOf(name);
    this.byName.set(parts[0]!, [...(this.byName.get(parts[0]!) ?? []), { parts, value }]);
  }

  find(address: string): Value | undefined {
    const wanted = partsOf(address.replace(/[?#].*$/, ''));
    const found = this.byName.get(wanted[0]!) ?? [];
    const shared = found.map(({ parts }) => parts.findIndex((part, index) => part !== wanted[index]));
    const lengths = shared.map((length, index) => (length === -1 ? found[index]!.parts.length : length));
    const best = Math.max(...lengths);
    const fitting = found.filter((_one, index) => lengths[index] === best);
    return fitting.length === 1 ? fitting[0]!.value : undefined;
  }
}

/** The last one first, as they are compared: `/files/Desk%20front.JPG` is `desk front.jpg`, `files`. */
function partsOf(name: string): string[] {
  return name.replaceAll('\\', '/').split('/').toReversed().map(plain);
}

function plain(part: string): string {
  let decoded = part;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    // it holds a % of its own
  }
  return decoded.normalize('NFC').toLowerCase();
}

/** Links are not followed. */
async function openFolder(folder: string): Promise<PictureSource> {
  const files = new Names<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.add(path.relative(folder, file), file);
  }
  const find = async (address: string) => {
    const file = files.find(address);
    return file === undefined
      ? undefined
      : { path: file, size: (await stat(file)).size, release: async () => {} };
  };
  return { find, close: () => {} };
}

/** Extracted files get new names, so that paths in the archive have no effect. */
async function openArchive(
  archive: string,
  newFile: () => Promise<string>,
  mostBytes: number,
): Promise<PictureSource> {
  const zip = await openPromise(archive, { autoClose: false }).catch(explained);
  const entries = new Names<Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.add(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    return explained(error as Error);
  }
  const find = async (address: string) => {
    const entry = entries.find(address);
    return entry && takeOut(zip, entry, await newFile(), mostBytes);
  };
  return { find, close: () => zip.close() };
}

/** Extracts at most `mostBytes`, whatever size the archive declares; for a larger picture `size` exceeds `mostBytes`. */
async function takeOut(zip: ZipFile, entry: Entry, file: string, mostBytes: number): Promise<FoundPicture> {
  const release = () => rm(file, { force: true });
  let size = 0;
  const bounded = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > mostBytes) return;
      yield chunk;
    }
  };
  try {
    const content = await zip.openReadStreamPromise(entry);
    await pipeline(content, bounded, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    return { path: file, size, release };
  } catch (error) {
    await release();
    return explained(error as Error);
  }
}

/** yauzl throws plain errors for faults of an archive. */
function explained(error: Error): never {
  if (error instanceof UnreadableFile || 'syscall' in error) throw error;
  throw new UnreadableFile(importNote('archive_unreadable', { message: error.message }), { cause: error });
}
