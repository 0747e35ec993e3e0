import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../http/access.js';
import { Problem } from '../http/problem.js';
import { LoginThrottle } from '../rate-limit/login-throttle.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Trust } from './hash-queue.js';
import { PasswordsService } from './passwords.service.js';
import { unknownUser, wrongPassword } from './user-problems.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

const NO_USER = 0;

/** Verifies the passwords of accounts. `LoginThrottle` limits wrong ones. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly logins: LoginThrottle,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * The user with these credentials, or null; an unknown account takes the same time as a wrong password. A hash in an old
   * format is replaced by one in ours.
   */
  async authenticate(login: string, password: string, client: ClientInfo): Promise<User | null> {
    const user = await this.users.findByLogin(login);
    const trust = await this.trustIn(user, client);
    const verify = () => this.passwords.verify(password, user?.password_hash, trust);
    if (!(await this.logins.verify(user?.id ?? login, verify))) return null;
    this.logins.remember(client.address);
    if (!(await this.passwords.isToBeReplaced(user!.password_hash, password))) return user;
    const upgraded = await this.withUpgradedHash(user!, password);
    return upgraded ?? this.authenticate(login, password, client);
  }

  /** The user of a signed-in request that repeats the password. @throws Problem 400 naming `password` as `check` does */
  async confirm(id: number, password: string): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw unknownUser();
    await this.check(user, password, 'password');
    return user;
  }

  /** @throws Problem 400 naming `field` unless it is the user's current password; 429 after too many wrong ones */
  async check(user: User, current: string | undefined, field: string): Promise<void> {
    const verify = () => this.passwords.verify(current!, user.password_hash, Trust.known);
    if (current && (await this.logins.verify(user.id, verify))) return;
    throw wrongPassword(field);
  }

  /** Whether the account of this address has this password. */
  async hasPassword(email: string, password: string): Promise<boolean> {
    const user = await this.users.findByEmail(email);
    return this.passwords.verify(password, user?.password_hash, Trust.likely);
  }

  /** An unknown account is looked up like a known one, so that both take the same time. */
  private async trustIn(user: User | null, { address }: ClientInfo): Promise<Trust> {
    if (await this.sessions.wasOpenedFrom(address, user?.id ?? NO_USER)) return Trust.known;
    return this.logins.remembers(address) ? Trust.likely : Trust.unknown;
  }

  /**
   * Replaces an old hash. If the hash queue is full, the next login tries again.
   *
   * @returns undefined when the hash has changed meanwhile
   */
  private async withUpgradedHash(user: User, password: string): Promise<User | undefined> {
    try {
      const password_hash = await this.passwords.hash(password);
      const replaced = await this.users.replaceHash(user.id, user.password_hash, password_hash);
      return replaced ? { ...user, password_hash } : undefined;
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'busy')) throw error;
      return user;
    }
  }
}
