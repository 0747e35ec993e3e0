import type { Database, Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import type { MailQueueService } from '../mail/mail-queue.service.js';
import { mailRequest } from '../mail/mail-request.js';
import { type ImportedUser, readUser } from './imported-user.js';
import type { ImportCells } from './import-columns.js';
import { NO_PASSWORD } from './password-hash.js';
import type { UsersRepository } from './users.repository.js';
import { usernameFrom } from './username.js';

const USERNAME_ATTEMPTS = 8;

/** A line of the file, with cells by our fields. */
export interface ImportLine {
  line: number;
  cells: ImportCells;
}

/** The outcome of a line: imported, imported with changes, there already, or refused. */
export interface LineReport {
  line: number;
  outcome: 'imported' | 'changed' | 'there' | 'refused';
  email: string;
  notes: string[];
}

export interface ImportOptions {
  /** Whether to mail users without a password a link to choose one. */
  invite: boolean;
  sealedPepper?: string;
}

interface Candidate {
  user: ImportedUser;
  /** Other usernames are made from it. */
  nameOrEmail: string;
  report: LineReport;
}

/** Imports users of another shop with their password hashes. A second run changes nothing. */
export class UsersImport {
  constructor(
    private readonly users: UsersRepository,
    private readonly mails: MailQueueService,
    private readonly database: Database,
    private readonly options: ImportOptions,
  ) {}

  /** @returns a report for each line, in their order */
  async importLines(lines: ImportLine[]): Promise<LineReport[]> {
    const candidates: Candidate[] = [];
    const reports = lines.map(({ line, cells }): LineReport => {
      const read = readUser(cells, this.options.sealedPepper);
      const email = cells.email ?? '';
      if ('reason' in read) return { line, outcome: 'refused', email, notes: [read.reason] };
      const outcome = read.changes.length > 0 ? 'changed' : 'imported';
      const report: LineReport = { line, outcome, email, notes: read.changes };
      const { username, email: address } = read.user;
      candidates.push({
        user: read.user,
        nameOrEmail: username.includes('@') ? address : `${username}@`,
        report,
      });
      return report;
    });
    await this.database.transaction((tx) => this.insert(candidates, tx));
    return reports;
  }

  /** A user whose username is taken gets another one; a user whose address is taken is not imported again. */
  private async insert(candidates: Candidate[], tx: Transaction): Promise<void> {
    let left = await this.withFreeEmails(candidates, tx);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const inserted = await this.users.insertAll(
        left.map(({ user }) => user),
        tx,
      );
      const ids = new Map(inserted.map(({ id, email_key }) => [email_key, id]));
      const refused: Candidate[] = [];
      for (const candidate of left) {
        const key = identifierKey(candidate.user.email);
        const id = ids.get(key);
        if (id === undefined) refused.push(candidate);
        else {
          ids.delete(key);
          await this.invite(id, candidate.user, tx);
        }
      }
      left = await this.withOtherNames(refused, attempt, tx);
    }
  }

  private async withFreeEmails(candidates: Candidate[], tx: Transaction): Promise<Candidate[]> {
    if (candidates.length === 0) return [];
    const keys = candidates.map(({ user }) => identifierKey(user.email));
    const taken = new Set(await this.users.findTakenEmails(keys, tx));
    return candidates.filter(({ user, report }) => {
      const isFree = !taken.has(identifierKey(user.email));
      if (!isFree) Object.assign(report, { outcome: 'there', notes: [] });
      return isFree;
    });
  }

  /** The users whose address is free, with another username. */
  private async withOtherNames(refused: Candidate[], attempt: number, tx: Transaction): Promise<Candidate[]> {
    return (await this.withFreeEmails(refused, tx)).filter(({ user, nameOrEmail, report }) => {
      if (attempt === USERNAME_ATTEMPTS) {
        Object.assign(report, { outcome: 'refused', notes: ['username: no free one was found'] });
        return false;
      }
      user.username = usernameFrom(nameOrEmail, attempt + 1);
      report.outcome = 'changed';
      report.notes = report.notes.filter((note) => !note.startsWith('username:'));
      report.notes.push(`username: ${user.username}, since another user has the one before`);
      return true;
    });
  }

  private async invite(userId: number, user: ImportedUser, tx: Transaction): Promise<void> {
    if (!this.options.invite || user.password_hash !== NO_PASSWORD) return;
    await this.mails.add(mailRequest('invitation', { userId }), tx);
  }
}
