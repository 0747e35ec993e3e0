import { Injectable } from '@nestjs/common';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Config } from '../config/config.js';
import { notFound } from '../http/problem.js';
import type { Mail } from './mail.js';

const MOST = 200;
const ID = /^[\w-]{1,100}$/;

/** The mails of a development machine, as files that all processes share. The oldest are deleted. */
@Injectable()
export class MailboxService {
  private readonly folder: string;

  constructor(config: Config) {
    this.folder = path.join(config.dataDir, 'mailbox');
  }

  async keep(mail: Mail): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const id = `${mail.date.toISOString().replace(/\D/g, '')}-${mail.id}`;
    const draft = path.join(this.folder, `${id}.draft`);
    await writeFile(draft, JSON.stringify(mail), { mode: 0o600 });
    await rename(draft, path.join(this.folder, `${id}.json`));
    for (const old of (await this.ids()).slice(MOST))
      await rm(path.join(this.folder, `${old}.json`), { force: true });
  }

  /** Newest first. */
  async list(): Promise<(Mail & { file: string })[]> {
    const mails = await Promise.all((await this.ids()).slice(0, MOST).map((id) => this.read(id)));
    return mails.filter((mail) => mail !== undefined);
  }

  /** @throws Problem 404 */
  async find(id: string): Promise<Mail & { file: string }> {
    const mail = ID.test(id) ? await this.read(id) : undefined;
    if (!mail) throw notFound('mail_not_found', 'There is no such mail.');
    return mail;
  }

  private async ids(): Promise<string[]> {
    const files = await readdir(this.folder).catch(() => []);
    return files
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .toReversed();
  }

  /** @returns undefined when another process has just deleted the file */
  private async read(id: string): Promise<(Mail & { file: string }) | undefined> {
    const text = await readFile(path.join(this.folder, `${id}.json`), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : { ...JSON.parse(text), file: id };
  }
}
