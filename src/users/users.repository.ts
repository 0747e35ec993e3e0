import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type DeepPartial, IsNull, Not, Repository } from 'typeorm';
import { Database, type Transaction, violates } from '../database/database.js';
import { type FieldErrors, invalid, type Problem } from '../http/problem.js';
import { identifierKey } from '../http/identifier.js';
import { type ListedRow, pageOf, type PageRow, type PageStart } from '../http/paging.js';
import { timestampWithMicroseconds } from '../database/sql.js';
import { LIST_USERS } from './list-users.sql.js';
import { anothersEmail } from './username.js';
import { USER_VERSION } from './user-version.js';
import { User } from './user.entity.js';
import type { Account } from './users.dto.js';
import { FIND_TAKEN_EMAILS, INSERT_IMPORTED_USERS } from './insert-imported-users.sql.js';
import type { ImportedUser } from './imported-user.js';

const LIVE = { deleted_at: IsNull() };
const EMAIL_TAKEN = 'A user with that email already exists.';

const LAST_ADMIN_LOCK = 0x61646d69; // "admi"

/** The keys of the names that are given. */
function keysOf({
  username,
  email,
  recovery_email,
}: Partial<Pick<User, 'username' | 'email' | 'recovery_email'>>) {
  return {
    ...(username !== undefined && { username_key: identifierKey(username) }),
    ...(email !== undefined && { email_key: identifierKey(email) }),
    ...(recovery_email !== undefined && {
      recovery_email_key: recovery_email === null ? null : identifierKey(recovery_email),
    }),
  };
}

@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly database: Database,
  ) {}

  findById(id: number): Promise<User | null> {
    return this.users.findOne({ where: { id, ...LIVE } });
  }

  findAccount(id: number, tx?: Transaction): Promise<Account | undefined> {
    return this.database.queryOne<Account>(
      `SELECT id, username, email, name, phone, birth_date::text, gender, shipping_address, billing_address,
              newsletter_subscription, ${USER_VERSION.sql('u')} AS version,
              ${timestampWithMicroseconds('created_at')} AS created_at,
              ${timestampWithMicroseconds('updated_at')} AS updated_at
       FROM users u WHERE id = $1 AND deleted_at IS NULL`,
      [id],
      tx,
    );
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOne({ where: { email_key: identifierKey(email), ...LIVE } });
  }

  /** Finds a user by username or e-mail. A username with an @ is its user's e-mail. */
  findByLogin(login: string): Promise<User | null> {
    const key = identifierKey(login);
    const name = key.includes('@') ? { email_key: key } : { username_key: key };
    return this.users.findOne({ where: { ...name, ...LIVE } });
  }

  /** Oldest account first. */
  async findPage(search: string | undefined, start: PageStart): Promise<PageRow> {
    const parameters: unknown[] = [start.size, start.offset, start.after?.id ?? 0];
    const text = search ? LIST_USERS.found : LIST_USERS.all;
    if (search) parameters.push(search);
    return pageOf(await this.database.query<ListedRow>(text, parameters), start.size);
  }

  findAdmins(): Promise<User[]> {
    return this.users.find({ where: { role: 'admin', ...LIVE }, order: { id: 'ASC' } });
  }

  anyExists(tx: Transaction): Promise<boolean> {
    return tx.getRepository(User).exists();
  }

  anyAdminExists(tx: Transaction): Promise<boolean> {
    return tx.getRepository(User).exists({ where: { role: 'admin', disabled_at: IsNull(), ...LIVE } });
  }

  /** @returns whether that is new */
  async disable(id: number, tx: Transaction): Promise<boolean> {
    const { affected } = await tx
      .getRepository(User)
      .update({ id, disabled_at: IsNull(), ...LIVE }, { disabled_at: () => 'now()' });
    return affected === 1;
  }

  async enable(id: number, tx: Transaction): Promise<void> {
    await tx.getRepository(User).update({ id, ...LIVE }, { disabled_at: null });
  }

  /**
   * Whether an admin is left. It waits for uncommitted removals of other admins: of two admins who demote each other, the
   * second sees the first change.
   */
  async anyAdminRemains(tx: Transaction): Promise<boolean> {
    await this.database.query('SELECT pg_advisory_xact_lock($1)', [LAST_ADMIN_LOCK], tx);
    return this.anyAdminExists(tx);
  }

  /** Keeps the user as it is until the transaction ends. */
  lock(id: number, tx: Transaction): Promise<User | null> {
    return tx.getRepository(User).findOne({ where: { id, ...LIVE }, lock: { mode: 'for_no_key_update' } });
  }

  lockByEmail(email: string, tx: Transaction): Promise<User | null> {
    const where = { email_key: identifierKey(email), ...LIVE };
    return tx.getRepository(User).findOne({ where, lock: { mode: 'for_no_key_update' } });
  }

  insert(user: DeepPartial<User>, tx: Transaction): Promise<User> {
    const users = tx.getRepository(User);
    return users.save(users.create({ ...user, ...keysOf(user) }), { reload: true });
  }

  /** Inserts those of these users whose names are free; a missing time is now. */
  insertAll(users: ImportedUser[], tx: Transaction): Promise<{ id: number; email_key: string }[]> {
    const rows = users.map((user) => ({ ...user, ...keysOf(user) }));
    return this.database.query(INSERT_IMPORTED_USERS, [JSON.stringify(rows)], tx);
  }

  /** Which of these addresses an account has, or may still take back. */
  async findTakenEmails(keys: string[], tx: Transaction): Promise<string[]> {
    const taken = await this.database.query<{ email_key: string }>(FIND_TAKEN_EMAILS, [keys], tx);
    return taken.map(({ email_key }) => email_key);
  }

  async endFavoriteMails(id: number): Promise<void> {
    await this.users.update({ id }, { favorite_mails: false });
  }

  async update(id: number, changes: Partial<User>, tx: Transaction): Promise<void> {
    await tx
      .getRepository(User)
      .update({ id, ...LIVE }, { ...changes, ...keysOf(changes), updated_at: () => 'now()' });
  }

  /** The account whose mails about a new password go to this address or, changed without the password, once did. */
  async findForReset(email: string): Promise<User | null> {
    const key = identifierKey(email);
    const users = await this.users.find({
      where: [
        { email_key: key, ...LIVE },
        { recovery_email_key: key, ...LIVE },
      ],
    });
    return users.find(({ email_key }) => email_key === key) ?? users[0] ?? null;
  }

  /** From now on resets go there. Nothing happens when the user has another address by now. */
  async markVerified(id: number, email: string, tx: Transaction): Promise<void> {
    await tx
      .getRepository(User)
      .createQueryBuilder()
      .update({
        email_verified_at: () => 'coalesce(email_verified_at, now())',
        recovery_email: null,
        recovery_email_key: null,
      })
      .where('id = :id AND email_key = :key', { id, key: identifierKey(email) })
      .execute();
  }

  /** Whether an account other than this one has its resets sent to the address. */
  isRecoveryEmail(email: string, exceptId: number, tx: Transaction): Promise<boolean> {
    const where = { id: Not(exceptId), recovery_email_key: identifierKey(email), ...LIVE };
    return tx.getRepository(User).exists({ where });
  }

  /** The address is verified, and resets go there. A username that is the address itself follows it. */
  async changeEmail(id: number, to: string, tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE users SET email = $2, email_key = $3, email_verified_at = now(), updated_at = now(),
              recovery_email = NULL, recovery_email_key = NULL,
              username = CASE WHEN username_key = email_key THEN $2 ELSE username END,
              username_key = CASE WHEN username_key = email_key THEN $3 ELSE username_key END
       WHERE id = $1 AND deleted_at IS NULL`,
      [id, to, identifierKey(to)],
      tx,
    );
  }

  /**
   * Only while the hash is still the one that was verified: a password changed meanwhile stays changed.
   *
   * @returns whether the hash was still the one that was verified
   */
  async replaceHash(id: number, verified: string, hash: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id`,
      [id, verified, hash],
    );
    return rows.length === 1;
  }

  isUsernameTaken(error: unknown): boolean {
    return violates(error, 'users_username_unique');
  }

  /** Whether a statement failed because another account has the username or the e-mail. */
  isNameTaken(error: unknown): boolean {
    return violates(error, 'users_username_unique') || violates(error, 'users_email_unique');
  }

  /** The problem for a write that violated a unique name; any other error unchanged. */
  async explain(error: unknown, user: DeepPartial<User>): Promise<unknown> {
    if (violates(error, 'users_username_not_anothers_email')) return anothersEmail();
    if (!this.isNameTaken(error)) return error;
    const { username_key = null, email_key = null } = keysOf(user);
    const taken = await this.database.queryOne<{ username: boolean; email: boolean }>(
      `SELECT coalesce(bool_or(username_key = $1), false) AS username, coalesce(bool_or(email_key = $2), false) AS email
       FROM users
       WHERE deleted_at IS NULL AND id IS DISTINCT FROM $3::bigint AND (username_key = $1 OR email_key = $2)`,
      [username_key, email_key, user.id ?? null],
    );
    const errors: FieldErrors = {};
    if (taken?.username) errors.username = ['A user with that username already exists.'];
    if (taken?.email) errors.email = [EMAIL_TAKEN];
    return namesTaken(errors);
  }

  emailTaken(): Problem {
    return namesTaken({ email: [EMAIL_TAKEN] });
  }
}

function namesTaken(errors: FieldErrors): Problem {
  return invalid('validation_failed', 'An account with these names exists already.', errors);
}
