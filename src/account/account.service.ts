import { Injectable } from '@nestjs/common';
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
  ) {}

  export(userId: number): Promise<Json<AccountExportDto>> {
    return this.accounts.export(userId);
  }

  /**
   * Blanks the user's row and deletes what only he needed. His orders stay as they are, since the law wants them
   * for the books.
   *
   * @throws Problem 400 naming `password` when it is wrong
   */
  async erase(userId: number, password: string): Promise<void> {
    await this.users.confirmPassword(userId, password, 'password');
    await this.accounts.erase(userId);
  }
}
