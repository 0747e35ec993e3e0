import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, type Page, pageStart, writePage } from '../http/paging.js';
import { forbidden, invalidField, notFound, Problem } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { isOutdated } from './password-hash.js';
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
import { UsersRepository } from './users.repository.js';
import { refuseAnothersAddress, usernameFrom } from './username.js';

const ORDERING = 'id';
const USERNAME_ATTEMPTS = 8;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  async list(query: UsersQuery): Promise<Json<Page<UserDto>>> {
    const rows = await this.users.findPage(query.search, pageStart(query, ORDERING));
    const address = new URL('/api/users', this.config.publicUrl);
    if (query.search) address.searchParams.set('search', query.search);
    return writePage<UserDto>(rows, query, ORDERING, address);
  }

  /** @throws Problem 404 for an unknown user and, to a customer, for another one */
  async find(id: number, by: Principal): Promise<UserDto> {
    return userDto(await this.reachable(id, by));
  }

  /** A user that an admin makes, once for each `Idempotency-Key`. @throws Problem 400 as `register` does */
  async create(user: CreateUserDto, by: Principal, request?: IdempotentRequest): Promise<Json<UserDto>> {
    const { body } = await this.idempotency.once(by.id, request, async (tx) => ({
      status: 201,
      body: JSON.stringify(userDto(await this.register(user, tx))),
    }));
    return body;
  }

  /**
   * A new customer, or what `role` says.
   *
   * @throws Problem 400 naming `username` or `email` when it is taken
   */
  async register({ password, ...profile }: CreateUserDto | RegisterDto, tx?: Transaction): Promise<User> {
    refuseAnothersAddress(profile.username, profile.email);
    const password_hash = await this.passwords.hash(password);
    try {
      return await this.users.insert({ ...profile, password_hash }, tx);
    } catch (error) {
      throw await this.users.explain(error, profile);
    }
  }

  /**
   * A new customer without a username: it is made from the e-mail, with a number behind it while others have it.
   *
   * @throws Problem 400 naming `email` when it is taken
   */
  async registerByEmail({ password, ...profile }: Omit<RegisterDto, 'username'>): Promise<User> {
    const password_hash = await this.passwords.hash(password);
    for (let attempt = 1; ; attempt += 1) {
      const username = usernameFrom(profile.email, attempt);
      try {
        return await this.users.insert({ ...profile, username, password_hash });
      } catch (error) {
        if (attempt < USERNAME_ATTEMPTS && this.users.isUsernameTaken(error)) continue;
        throw await this.users.explain(error, { ...profile, username });
      }
    }
  }

  /**
   * A new password ends the user's other sessions.
   *
   * @throws Problem 404 as `find` does; 403 when a customer changes its role; 400 naming the field
   */
  async update(id: number, changes: UpdateUserDto, by: Principal): Promise<UserDto> {
    const user = await this.reachable(id, by);
    const { password, current_password, ...profile } = changes;
    if (profile.role && profile.role !== user.role && by.role !== 'admin') {
      throw forbidden('role_not_yours', 'Only an admin changes a role.');
    }
    if (profile.email && !profile.username && user.username.includes('@')) profile.username = profile.email;
    refuseAnothersAddress(profile.username ?? user.username, profile.email ?? user.email);
    if (password && id === by.id) await this.confirmPassword(user, current_password);
    const password_hash = password && (await this.passwords.hash(password));

    try {
      await this.database.transaction(async (tx) => {
        await this.users.update(id, { ...profile, ...(password_hash && { password_hash }) }, tx);
        if (password_hash) await this.sessions.endAllOf(id, id === by.id ? by.sessionId : null, tx);
      });
    } catch (error) {
      throw await this.users.explain(error, { ...profile, id });
    }
    return userDto((await this.users.findById(id))!);
  }

  /** Ends the user's other sessions. @throws Problem 400 naming `current_password` when it is wrong */
  async changePassword(current_password: string, password: string, by: Principal): Promise<void> {
    await this.update(by.id, { current_password, password }, by);
  }

  /** Ends the user's sessions and frees its names; its orders stay. @throws Problem 404 */
  async delete(id: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.users.softDelete(id, tx))) throw unknownUser();
      await this.sessions.endAllOf(id, null, tx);
    });
  }

  findById(id: number): Promise<User | null> {
    return this.users.findById(id);
  }

  /** What a user may see of himself, with timestamps to the microsecond. @throws Problem 404 */
  async account(id: number): Promise<Account> {
    const account = await this.users.findAccount(id);
    if (!account) throw unknownUser();
    return account;
  }

  /**
   * The user of these credentials, or null after the same time as for a wrong password. A hash in an old format
   * becomes one in ours.
   */
  async authenticate(login: string, password: string): Promise<User | null> {
    const user = await this.users.findByLogin(login);
    if (!(await this.passwords.verify(password, user?.password_hash))) return null;
    if (isOutdated(user!.password_hash)) await this.upgradeHash(user!, password);
    return user;
  }

  anyExists(tx: Transaction): Promise<boolean> {
    return this.users.anyExists(tx);
  }

  anyAdminExists(tx: Transaction): Promise<boolean> {
    return this.users.anyAdminExists(tx);
  }

  /** The next login tries again when there is no room for one more hash now. */
  private async upgradeHash(user: User, password: string): Promise<void> {
    try {
      await this.users.replaceHash(user.id, user.password_hash, await this.passwords.hash(password));
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'busy')) throw error;
    }
  }

  private async reachable(id: number, by: Principal): Promise<User> {
    const user = id === by.id || by.role === 'admin' ? await this.users.findById(id) : null;
    if (!user) throw unknownUser();
    return user;
  }

  private async confirmPassword(user: User, current: string | undefined): Promise<void> {
    if (current && (await this.passwords.verify(current, user.password_hash))) return;
    throw invalidField('current_password', 'The current password is missing or wrong.');
  }
}

function unknownUser() {
  return notFound('user_not_found', 'There is no such user.');
}
