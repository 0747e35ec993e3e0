import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Json } from '../http/paging.js';
import { UsersService } from '../users/users.service.js';
import type { AccountExportDto } from './account.dto.js';
import { AccountRepository } from './account.repository.js';

/** What a user may ask of the shop about his own data (GDPR, articles 15, 17 and 20). */
@Injectable()
export class AccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly users: UsersService,
    private readonly database: Database,
  ) {}

  export(userId: number): Promise<Json<AccountExportDto>> {
    return this.accounts.export(userId);
  }

  /**
   * Blanks the user's row and deletes what only he needed. His orders stay as they are, since the law wants them
   * for the books.
   *
   * @throws Problem 400 naming `password` when it is wrong; 409 `last_admin`
   */
  async erase(userId: number, password: string): Promise<void> {
    await this.users.confirmPassword(userId, password, 'password');
    await this.database.transaction(async (tx) => {
      await this.accounts.erase(userId, tx);
      await this.users.refuseWithoutAdmin(tx);
    });
  }
}
