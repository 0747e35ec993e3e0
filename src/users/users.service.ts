import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import type { ClientInfo, Principal } from '../http/access.js';
import { type Json, listAddress, type Page, readPage } from '../http/paging.js';
import { entityTag } from '../http/conditional.js';
import { type Precondition, preconditionFailed } from '../http/preconditions.js';
import { conflict, forbidden, notFound } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { AccountTokensService } from '../account-tokens/account-tokens.service.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { mailRequest } from '../mail/mail-request.js';
import { RateLimitStore } from '../rate-limit/rate-limit-store.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CredentialsService } from './credentials.service.js';
import { PasswordsService } from './passwords.service.js';
import type { User } from './user.entity.js';
import {
  type Account,
  type CreateUserDto,
  type RegisterDto,
  type UpdateUserDto,
  type UserDto,
  userDto,
  type UsersQuery,
} from './users.dto.js';
import { unknownUser, wrongPassword } from './user-problems.js';
import { USER_VERSION } from './user-version.js';
import { UsersRepository } from './users.repository.js';
import { refuseAnothersAddress, usernameFrom } from './username.js';

export type { User };

/** The rest of the work of a transaction, after its first step. */
type Follow<First, Result> = (first: First, tx: Transaction) => Promise<Result>;

/** The client of a registration, and its request when that has an `Idempotency-Key`. */
interface Attempt {
  client: ClientInfo;
  request?: IdempotentRequest;
}

const ORDERING = 'id';
const USERNAME_ATTEMPTS = 8;
/** Most new addresses that an account may set for itself in a minute: each gets a mail. */
const MOST_NEW_EMAILS = 5;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly credentials: CredentialsService,
    private readonly limits: RateLimitStore,
    private readonly sessions: SessionsService,
    private readonly accountTokens: AccountTokensService,
    private readonly mails: MailQueueService,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  list(query: UsersQuery): Promise<Json<Page<UserDto>>> {
    const address = listAddress(`${this.config.publicUrl}/api/users`, { search: query.search });
    return readPage(query, ORDERING, address, (start) => this.users.findPage(query.search, start));
  }

  /** @throws Problem 404 for an unknown user and, to a customer, for another one */
  async find(id: number, by: Principal): Promise<UserDto> {
    return userDto(await this.reachable(id, by));
  }

  /** Creates a user for an admin, once for each `Idempotency-Key`. @throws Problem 400 as `register` does */
  async create(
    user: CreateUserDto,
    by: Principal,
    request?: IdempotentRequest,
    mustBeNew = false,
  ): Promise<Json<UserDto>> {
    const account = await this.withHash(user); // before a connection is taken for the transaction
    try {
      const { body } = await this.idempotency.once(by.id, request, (outer) =>
        this.database.transactionBy(
          by,
          async (tx) => ({ status: 201, body: JSON.stringify(userDto(await this.insert(account, tx))) }),
          outer,
        ),
      );
      return body;
    } catch (error) {
      if (mustBeNew) await this.refuseTwin(account);
      throw await this.users.explain(error, account);
    }
  }

  /**
   * Creates a customer. The link that verifies the address is mailed after the commit.
   *
   * @param follow runs in the transaction that creates the account: when it fails there is none, so that the client can
   *   send the registration again
   * @param attempt when its request has an `Idempotency-Key` with which it registered the account before, `follow` runs
   *   for that account, while it has the password
   * @throws Problem 400 naming `username` or `email` when it is taken; 422 when the key was used for another registration
   */
  async register<Result>(user: RegisterDto, attempt: Attempt, follow: Follow<User, Result>): Promise<Result> {
    const account = await this.withHash(user);
    try {
      return await this.registerOnce(account, attempt, follow);
    } catch (error) {
      const registered = await this.registeredBefore(error, user, attempt);
      if (registered) return this.database.transaction((tx) => follow(registered, tx));
      throw await this.users.explain(error, account);
    }
  }

  /**
   * `register` for a customer without a username: it is made from the e-mail, with a number appended if it is taken.
   *
   * @throws Problem 400 naming `email` when it is taken; 422 as `register` does
   */
  async registerByEmail<Result>(
    { password, ...profile }: Omit<RegisterDto, 'username'>,
    attempt: Attempt,
    follow: Follow<User, Result>,
  ): Promise<Result> {
    const password_hash = await this.passwords.hash(password);
    for (let number = 1; ; number += 1) {
      const username = usernameFrom(profile.email, number);
      const account = { ...profile, username, password_hash };
      try {
        return await this.registerOnce(account, attempt, follow);
      } catch (error) {
        if (number < USERNAME_ATTEMPTS && this.users.isUsernameTaken(error)) continue;
        const registered = await this.registeredBefore(error, { ...profile, password }, attempt);
        if (registered) return this.database.transaction((tx) => follow(registered, tx));
        throw await this.users.explain(error, account);
      }
    }
  }

  /** Whether the request registered this account before. @throws Problem 422 when its key was used for another request */
  async isRegisteredBy({ id }: User, request: IdempotentRequest | undefined): Promise<boolean> {
    return request !== undefined && this.idempotency.wasDone(id, request);
  }

  /** Creates a user whose address needs no verification. @throws Problem 400 naming `username` or `email` when it is taken */
  async addVerified(user: CreateUserDto, tx?: Transaction): Promise<User> {
    const account = { ...(await this.withHash(user)), email_verified_at: new Date() };
    try {
      return await this.insert(account, tx);
    } catch (error) {
      throw await this.users.explain(error, account);
    }
  }

  /** Changes nothing when there is no such user. */
  endFavoriteMails(id: number): Promise<void> {
    return this.users.endFavoriteMails(id);
  }

  /**
   * Changes a user. A new password ends the user's other sessions; a new password or address ends the links in earlier
   * mails. The address that was verified last gets a notice of either, and can undo a new address for seven days. A new
   * address is set at once; but if the user gave no current password, reset mails go there only after it is verified.
   * When the body names the version that it was read from, only fields that differ from that version count.
   *
   * @throws Problem 404 as `find` does; 403 when a customer changes its role; 400 naming the field; 409 `last_admin`;
   *   412 when `precondition` does not hold; 429 when a user sets too many new addresses
   */
  async update(
    id: number,
    changes: UpdateUserDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<UserDto> {
    const read = await this.reachable(id, by);
    const { password, current_password, version, ...said } = changes;
    const profile = USER_VERSION.changedSince(version, said);
    const isOwn = id === by.id;
    const isProven = isOwn && Boolean(password || (current_password && hasOtherEmail(profile, read)));
    if (isProven) await this.credentials.check(read, current_password, 'current_password');
    if (isOwn && hasOtherEmail(profile, read) && this.config.rateLimit) {
      await this.limits.admit(`new-email:${id}`, MOST_NEW_EMAILS);
    }
    const password_hash = password && (await this.passwords.hash(password));

    try {
      return await this.database.transactionBy(by, async (tx) => {
        const user = await (isProven ? this.lockProven(read, 'current_password', tx) : this.lock(id, tx));
        precondition?.check(JSON.stringify(userDto(user)));
        const { role } = isOwn ? user : by; // the locked row is newer than the session's role
        if (profile.role && profile.role !== user.role && role !== 'admin') {
          throw forbidden('role_not_yours', 'Only an admin changes a role.');
        }
        const isNewEmail = hasOtherEmail(profile, user);
        if (profile.email && !profile.username && user.username.includes('@'))
          profile.username = profile.email;
        refuseAnothersAddress(profile.username ?? user.username, profile.email ?? user.email);
        const confirmed = user.recovery_email ?? user.email;
        if (password_hash || isNewEmail) await this.accountTokens.revokeAllOf(id, tx);
        const changed = {
          ...profile,
          ...(password_hash && { password_hash }),
          ...(isNewEmail && {
            email_verified_at: null,
            recovery_email: isOwn && !isProven ? confirmed : null,
          }),
        };
        if (isNewEmail) await this.refuseReserved(profile.email!, id, tx);
        await this.users.update(id, changed, tx);
        if (changed.role) await this.refuseWithoutAdmin(tx);
        if (password_hash) {
          await this.sessions.endAllOf(id, isOwn ? by.sessionId : null, tx);
          await this.mails.add(mailRequest('password_changed', { userId: id, email: confirmed }), tx);
        }
        if (isNewEmail) {
          await this.offerUndo(id, confirmed, tx);
          await this.mails.add(mailRequest('verify_email', { userId: id }), tx);
        }
        return userDto(await this.lock(id, tx));
      });
    } catch (error) {
      throw await this.users.explain(error, { ...profile, id });
    }
  }

  /** Ends the user's other sessions. @throws Problem 400 naming `current_password` when it is wrong */
  async changePassword(current_password: string, password: string, by: Principal): Promise<void> {
    await this.update(by.id, { current_password, password }, by);
  }

  /**
   * Sets a new password for the user whom `claim` returns, in one transaction with it. Every session and link of the user
   * ends, and a notice is mailed.
   *
   * @param claim redeems the proof of the right to do so, or throws
   */
  async resetPassword(
    password: string,
    claim: (tx: Transaction) => Promise<{ id: number; email: string }>,
  ): Promise<void> {
    const password_hash = await this.passwords.hash(password);
    await this.database.transaction(async (tx) => {
      const { id, email } = await claim(tx);
      await this.accountTokens.revokeAllOf(id, tx);
      await this.users.update(id, { password_hash }, tx);
      await this.sessions.endAllOf(id, null, tx);
      await this.mails.add(mailRequest('password_changed', { userId: id, email }), tx);
    });
  }

  /**
   * Sets a verified address for the user whom `claim` returns. The user's links end, and the old address gets a notice.
   *
   * @param claim redeems the proof of the right to do so, or throws
   * @param follow runs in the same transaction, with the user's id
   * @throws Problem 400 naming `email` when another account has it by now
   */
  async changeEmail(
    claim: (tx: Transaction) => Promise<{ id: number; from: string; to: string }>,
    follow: Follow<number, void>,
  ): Promise<void> {
    let change: { id: number; from: string; to: string } | undefined;
    try {
      await this.database.transaction(async (tx) => {
        change = await claim(tx);
        await this.refuseReserved(change.to, change.id, tx);
        await this.accountTokens.revokeAllOf(change.id, tx);
        await this.users.changeEmail(change.id, change.to, tx);
        await this.offerUndo(change.id, change.from, tx);
        await follow(change.id, tx);
      });
    } catch (error) {
      throw await this.users.explain(error, { id: change?.id, email: change?.to });
    }
  }

  /**
   * Restores the earlier address of the user whom `claim` returns. Every session and link of the account ends, since an
   * attacker may have used it, and a link for a new password is mailed to the address.
   *
   * @param claim redeems the proof of the right to do so, or throws
   */
  async undoEmailChange(claim: (tx: Transaction) => Promise<{ id: number; email: string }>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { id, email } = await claim(tx);
      await this.accountTokens.revokeAllOf(id, tx);
      await this.users.changeEmail(id, email, tx);
      await this.sessions.endAllOf(id, null, tx);
      await this.mails.add(mailRequest('reset_password', { email }), tx);
    });
  }

  /**
   * Disables the account: the user cannot sign in, and every session ends at once, in every process. A second call changes
   * nothing.
   *
   * @throws Problem 404; 409 `last_admin`
   */
  async disable(id: number, by: Principal): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      await this.lock(id, tx);
      if (!(await this.users.disable(id, tx))) return;
      await this.refuseWithoutAdmin(tx);
      await this.accountTokens.revokeAllOf(id, tx);
      await this.sessions.endAllOf(id, null, tx);
    });
  }

  /** Enables the account again; sessions that ended stay ended. @throws Problem 404 */
  async enable(id: number, by: Principal): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      await this.lock(id, tx);
      await this.users.enable(id, tx);
    });
  }

  /** Every session of the user ends. @throws Problem 404 */
  async endSessions(id: number, tx: Transaction): Promise<void> {
    await this.lock(id, tx);
    await this.sessions.endAllOf(id, null, tx);
  }

  /** Mails the user a link to choose a new password. @throws Problem 404; 409 `user_disabled` */
  async sendReset(id: number, tx: Transaction): Promise<void> {
    const user = await this.lock(id, tx);
    if (user.disabled_at) throw conflict('user_disabled', 'The user is disabled.');
    await this.mails.add(mailRequest('reset_password', { userId: id }), tx);
  }

  /**
   * Locks a user before one of its links is redeemed: of two changes of an account, the later one sees what the first did
   * to its addresses and links.
   *
   * @returns null for a user that is unknown or deleted, whose links cannot be used
   */
  lockForLink(id: number, tx: Transaction): Promise<User | null> {
    return this.users.lock(id, tx);
  }

  /** Locks the user until the transaction ends. @throws Problem 404; 412 when `precondition` does not hold */
  async check(id: number, precondition: Precondition, tx: Transaction): Promise<void> {
    precondition.check(JSON.stringify(userDto(await this.lock(id, tx))));
  }

  /**
   * Locks a user whose password was verified before the transaction.
   *
   * @throws Problem 404; 400 naming `field` when the password has changed since
   */
  async lockProven({ id, password_hash }: User, field: string, tx: Transaction): Promise<User> {
    const user = await this.lock(id, tx);
    if (user.password_hash !== password_hash) throw wrongPassword(field);
    return user;
  }

  /** @throws Problem 409 `last_admin` when the transaction leaves the shop without an admin */
  async refuseWithoutAdmin(tx: Transaction): Promise<void> {
    if (!(await this.users.anyAdminRemains(tx))) throw conflict('last_admin', 'The shop needs an admin.');
  }

  /** Marks the address as verified, unless the user has another one by now. */
  markVerified(id: number, email: string, tx: Transaction): Promise<void> {
    return this.users.markVerified(id, email, tx);
  }

  /** The user to whom a reset mail goes when this address is given. */
  findForReset(email: string): Promise<User | null> {
    return this.users.findForReset(email);
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findByEmail(email);
  }

  findById(id: number): Promise<User | null> {
    return this.users.findById(id);
  }

  /** The user's own account, with timestamps to the microsecond. @throws Problem 404 */
  async account(id: number, tx?: Transaction): Promise<Account> {
    const account = await this.users.findAccount(id, tx);
    if (!account) throw unknownUser();
    return account;
  }

  admins(): Promise<User[]> {
    return this.users.findAdmins();
  }

  /**
   * Sets a new password for an admin and enables the account, for the command `npm run admin`.
   *
   * @throws Problem 404 when no admin has this address
   */
  async resetAdmin(email: string, password: string): Promise<void> {
    await this.resetPassword(password, async (tx) => {
      const user = await this.users.lockByEmail(email, tx);
      if (user?.role !== 'admin') throw notFound('user_not_found', `No admin has the address ${email}.`);
      await this.users.enable(user.id, tx);
      return user;
    });
  }

  anyExists(tx: Transaction): Promise<boolean> {
    return this.users.anyExists(tx);
  }

  anyAdminExists(tx: Transaction): Promise<boolean> {
    return this.users.anyAdminExists(tx);
  }

  private registerOnce<Result>(
    account: Partial<User>,
    { request }: Attempt,
    follow: Follow<User, Result>,
  ): Promise<Result> {
    return this.database.transaction(async (tx) => {
      const user = await this.insert(account, tx);
      if (request) await this.idempotency.storeWithoutResponse(user.id, request, tx);
      return follow(user, tx);
    });
  }

  /** The account that the request registered before, if it still has the password; null for any other error. */
  private async registeredBefore(
    error: unknown,
    { email, password }: Pick<RegisterDto, 'email' | 'password'>,
    { client, request }: Attempt,
  ): Promise<User | null> {
    if (!request || !this.users.isNameTaken(error)) return null;
    const owner = await this.users.findByEmail(email);
    const isRetry = owner !== null && (await this.isRegisteredBy(owner, request));
    return isRetry ? this.credentials.authenticate(email, password, client) : null;
  }

  private async withHash({ password, ...profile }: CreateUserDto | RegisterDto) {
    refuseAnothersAddress(profile.username, profile.email);
    return { ...profile, password_hash: await this.passwords.hash(password) };
  }

  /** Inserts an account and, unless its address is verified already, queues the mail that verifies it. */
  private insert(user: Partial<User>, tx?: Transaction): Promise<User> {
    return this.database.transaction(async (own) => {
      const inserted = await this.users.insert(user, own);
      await this.refuseReserved(inserted.email, inserted.id, own);
      if (!user.email_verified_at) {
        await this.mails.add(mailRequest('verify_email', { userId: inserted.id }), own);
      }
      return inserted;
    }, tx);
  }

  /** Queues a notice to the account's earlier address, with a link that restores it. */
  private async offerUndo(id: number, email: string, tx: Transaction): Promise<void> {
    const mail = mailRequest('email_changed', { userId: id, email });
    await this.accountTokens.allowUndo(id, email, mail.seed, tx);
    await this.mails.add(mail, tx);
  }

  /** @throws Problem 400 naming `email` when another account had it lately and may still restore it */
  private async refuseReserved(email: string, id: number, tx: Transaction): Promise<void> {
    const isReserved =
      (await this.accountTokens.isReserved(email, id, tx)) ||
      (await this.users.isRecoveryEmail(email, id, tx));
    if (isReserved) throw this.users.emailTaken();
  }

  /** @throws Problem 412 with the tag of the account that has one of the names */
  private async refuseTwin({ username, email }: { username: string; email: string }): Promise<void> {
    const twin = (await this.users.findByEmail(email)) ?? (await this.users.findByLogin(username));
    if (twin) {
      const tag = entityTag(JSON.stringify(userDto(twin)));
      throw preconditionFailed('There is an account with these names already.', tag);
    }
  }

  private async reachable(id: number, by: Principal): Promise<User> {
    const user = id === by.id || by.role === 'admin' ? await this.users.findById(id) : null;
    if (!user) throw unknownUser();
    return user;
  }

  private async lock(id: number, tx: Transaction): Promise<User> {
    const user = await this.users.lock(id, tx);
    if (!user) throw unknownUser();
    return user;
  }
}

function hasOtherEmail({ email }: { email?: string }, { email_key }: User): boolean {
  return email !== undefined && identifierKey(email) !== email_key;
}
