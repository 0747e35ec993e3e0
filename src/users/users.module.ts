import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AccountTokensModule } from '../account-tokens/account-tokens.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CredentialsService } from './credentials.service.js';
import { PasswordsService } from './passwords.service.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([User]),
    SessionsModule,
    AccountTokensModule,
    MailModule,
    IdempotencyModule,
  ],
  controllers: [UsersController],
  providers: [UsersService, CredentialsService, UsersRepository, PasswordsService],
  exports: [UsersService, CredentialsService],
})
export class UsersModule {}
