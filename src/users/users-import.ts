import { Problem } from '../http/problem.js';
import { type ImportedUserDto, readUser, type Refusal } from './users-import.dto.js';
import type { UsersRepository } from './users.repository.js';
import { refuseAnothersAddress } from './username.js';

/** A line of the file, by the names of its columns. */
export interface ImportLine {
  line: number;
  cells: Record<string, string>;
}

export interface ImportResult {
  imported: number;
  /** Lines whose user was there already, with this username and e-mail; it stays as it is. */
  there: number;
  refused: Refusal[];
}

/** Brings in users of another shop with their password hashes. Doing it twice is doing it once. */
export class UsersImport {
  constructor(private readonly users: UsersRepository) {}

  async importLines(lines: ImportLine[]): Promise<ImportResult> {
    const refused: Refusal[] = [];
    const valid: (ImportedUserDto & { line: number })[] = [];
    for (const { line, cells } of lines) {
      const user = read(cells, line);
      if ('reason' in user) refused.push(user);
      else valid.push({ ...user, line });
    }

    const inserted = new Set(await this.users.insertAll(valid));
    const left = valid.filter(({ email }) => !inserted.delete(email));
    const clashes = left.length > 0 ? await this.users.findClashes(left) : [];
    const taken = clashes.filter(({ same }) => !same);
    for (const { line, field } of taken)
      refused.push({ line, field, reason: `${field} belongs to another user` });
    return { imported: valid.length - left.length, there: left.length - taken.length, refused };
  }
}

function read(cells: Record<string, string>, line: number): ImportedUserDto | Refusal {
  const user = readUser(cells, line);
  if ('reason' in user) return user;
  try {
    refuseAnothersAddress(user.username, user.email);
    return user;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { line, field: 'username', reason: error.message };
  }
}
