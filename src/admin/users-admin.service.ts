import { Injectable } from '@nestjs/common';
import { AccountService } from '../account/account.service.js';
import type { AccountExportDto } from '../account/account.dto.js';
import { AuditService } from '../audit/audit.service.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import type { Json } from '../http/paging.js';
import { UsersService } from '../users/users.service.js';

/** Actions of an admin on a user's account, other than changes of its fields. */
@Injectable()
export class UsersAdminService {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: AccountService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** @throws Problem 404; 409 `last_admin` */
  disable(id: number, by: Principal): Promise<void> {
    return this.users.disable(id, by);
  }

  /** @throws Problem 404 */
  enable(id: number, by: Principal): Promise<void> {
    return this.users.enable(id, by);
  }

  /** @throws Problem 404 */
  endSessions(id: number, by: Principal): Promise<void> {
    return this.recorded('end_sessions', id, by, (tx) => this.users.endSessions(id, tx));
  }

  /** @throws Problem 404; 409 `user_disabled` */
  sendReset(id: number, by: Principal): Promise<void> {
    return this.recorded('send_reset', id, by, (tx) => this.users.sendReset(id, tx));
  }

  /** The same document that the user gets at `/users/me/export`. @throws Problem 404 */
  async export(id: number, by: Principal): Promise<Json<AccountExportDto>> {
    await this.users.find(id, by);
    await this.audit.add({ action: 'export', model: 'users', row_id: String(id) }, by);
    return this.accounts.export(id);
  }

  /** Adds an entry to the audit log, since these actions change no audited table. */
  private recorded(
    action: string,
    id: number,
    by: Principal,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    return this.database.transactionBy(by, async (tx) => {
      await work(tx);
      await this.audit.add({ action, model: 'users', row_id: String(id) }, by, tx);
    });
  }
}
