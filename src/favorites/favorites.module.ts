import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AccountTokensModule } from '../account-tokens/account-tokens.module.js';
import { MailModule } from '../mail/mail.module.js';
import { UsersModule } from '../users/users.module.js';
import { FavoriteMailsService } from './favorite-mails.service.js';
import { Favorite } from './favorite.entity.js';
import { FavoritesController } from './favorites.controller.js';
import { FavoritesRepository } from './favorites.repository.js';
import { FavoritesService } from './favorites.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Favorite]),
    IdempotencyModule,
    MailModule,
    UsersModule,
    AccountTokensModule,
  ],
  controllers: [FavoritesController],
  providers: [FavoriteMailsService, FavoritesService, FavoritesRepository],
  exports: [FavoriteMailsService],
})
export class FavoritesModule {}
