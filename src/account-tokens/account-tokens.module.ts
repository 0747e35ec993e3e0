import { Module } from '@nestjs/common';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { AccountTokensService } from './account-tokens.service.js';

@Module({
  providers: [AccountTokensService, AccountTokensRepository],
  exports: [AccountTokensService],
})
export class AccountTokensModule {}
