import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountToken } from './account-token.entity.js';
import { EmailUndoToken } from './email-undo-token.entity.js';
import { EmailUndoTokensRepository } from './email-undo-tokens.repository.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { AccountTokensService } from './account-tokens.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([AccountToken, EmailUndoToken])],
  providers: [AccountTokensService, AccountTokensRepository, EmailUndoTokensRepository],
  exports: [AccountTokensService],
})
export class AccountTokensModule {}
