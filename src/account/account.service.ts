import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import type { Json } from '../http/paging.js';
import type { Precondition } from '../http/preconditions.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { GuestOrdersService } from '../orders/guest-orders.service.js';
import { CredentialsService } from '../users/credentials.service.js';
import { unknownUser } from '../users/user-problems.js';
import { UsersService } from '../users/users.service.js';
import type { AccountExportDto } from './account.dto.js';
import { AccountRepository } from './account.repository.js';

/** Access to and erasure of a user's own data (GDPR, articles 15, 17 and 20). */
@Injectable()
export class AccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly guestOrders: GuestOrdersService,
    private readonly mails: MailQueueService,
    private readonly database: Database,
  ) {}

  export(userId: number): Promise<Json<AccountExportDto>> {
    return this.accounts.export(userId);
  }

  /** @throws Problem 400 naming `password` when it is wrong; 409 `last_admin` */
  async eraseOwn(password: string, by: Principal): Promise<void> {
    const user = await this.credentials.confirm(by.id, password);
    await this.eraseIf((tx) => this.users.lockProven(user, 'password', tx), by.id, by);
  }

  /**
   * Blanks the user's row, deletes the user's other rows and queued mails, and erases the guest behind orders that were
   * placed with the user's verified address. The orders themselves stay, since bookkeeping law requires them; former
   * addresses are removed from their history and from the audit log. A second call changes nothing.
   *
   * @throws Problem 404 when there never was such a user; 409 `last_admin`; 412 when `precondition` does not hold
   */
  erase(userId: number, by: Principal, precondition?: Precondition): Promise<void> {
    return this.eraseIf(async (tx) => precondition && this.users.check(userId, precondition, tx), userId, by);
  }

  /**
   * Housekeeping: deletes rows that a request wrote after an erasure which it began before, such as a line of a cart.
   * Requests could prevent this by locking the user's row, but then all writes of a user would wait for each other.
   */
  eraseLate(): Promise<void> {
    return this.accounts.eraseLate();
  }

  /** @param check throws when the erasure must not happen; the user's row is locked then */
  private async eraseIf(
    check: (tx: Transaction) => Promise<unknown>,
    userId: number,
    by: Principal,
  ): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      const user = await this.accounts.lock(userId, tx);
      if (!user) throw unknownUser();
      if (user.deleted_at) return;
      await check(tx);
      const emails = [user.email, user.recovery_email].filter((email) => email !== null);
      await this.mails.removeAllOf(userId, emails, tx);
      if (user.email_verified_at) await this.guestOrders.erase(user.email, tx);
      await this.accounts.erase(userId, [...emails, ...user.other_emails], tx);
      await this.users.refuseWithoutAdmin(tx);
    });
  }
}
