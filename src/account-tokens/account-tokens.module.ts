import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountToken } from './account-token.entity.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { AccountTokensService } from './account-tokens.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([AccountToken])],
  providers: [AccountTokensService, AccountTokensRepository],
  exports: [AccountTokensService],
})
export class AccountTokensModule {}
