import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Config } from '../config/config.js';
import { tryLock } from '../database/file-lock.js';

/**
 * This process's folder for uploaded files. A file is deleted when its request is answered. The process locks its folder:
 * an unlocked folder belongs to a process that was killed, and the next start deletes it.
 */
@Injectable()
export class UploadFolder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(UploadFolder.name);
  private readonly parent: string;
  private readonly own: string;
  private opened?: Promise<FileHandle | undefined>;

  constructor({ dataDir }: Config) {
    this.parent = path.join(dataDir, 'uploads');
    this.own = path.join(this.parent, randomUUID());
  }

  onApplicationBootstrap(): void {
    this.deleteAbandoned().catch((error: Error) =>
      this.logger.warn(`abandoned uploads are not deleted yet: ${error.message}`),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    const lock = await this.opened?.catch(() => undefined);
    if (this.opened) await rm(this.own, { recursive: true, force: true });
    await lock?.close();
    await rm(lockOf(this.own), { force: true });
  }

  /** The path of a new file. */
  async newFile(): Promise<string> {
    this.opened ??= this.lockOwn();
    await this.opened.catch((error: Error) => {
      this.opened = undefined; // the disk may have room for the next one
      throw error;
    });
    await mkdir(this.own, { recursive: true });
    return path.join(this.own, randomUUID());
  }

  /** Takes the lock before the folder is created, so that no other process deletes it as abandoned. */
  private async lockOwn(): Promise<FileHandle | undefined> {
    await mkdir(this.parent, { recursive: true });
    return tryLock(lockOf(this.own));
  }

  private async deleteAbandoned(): Promise<void> {
    const entries = await readdir(this.parent, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const folder = path.join(this.parent, entry.name);
      if (!entry.isDirectory() || folder === this.own) continue;
      const lock = await tryLock(lockOf(folder));
      if (!lock) continue;
      await rm(folder, { recursive: true, force: true });
      await rm(lockOf(folder), { force: true });
      await lock.close();
    }
  }
}

function lockOf(folder: string): string {
  return `${folder}.lock`;
}
