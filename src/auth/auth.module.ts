import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../config/config.js';
import { CartModule } from '../cart/cart.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountTokensModule } from '../account-tokens/account-tokens.module.js';
import { MailModule } from '../mail/mail.module.js';
import { AccessGuard } from './access.guard.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AccountMailsService } from './account-mails.service.js';
import { EmailActionsController } from './email-actions.controller.js';
import { EmailActionsService } from './email-actions.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { PrincipalsService } from './principals.service.js';
import { ACCESS_TOKEN_LIFETIME_S, TOKEN_ISSUER, TokensService } from './tokens.service.js';

@Module({
  imports: [
    UsersModule,
    SessionsModule,
    AccountTokensModule,
    MailModule,
    CartModule,
    OrdersModule,
    PassportModule,
    JwtModule.registerAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        secret: config.key('access-token') as unknown as Buffer,
        signOptions: { algorithm: 'HS256', expiresIn: ACCESS_TOKEN_LIFETIME_S, issuer: TOKEN_ISSUER },
        verifyOptions: { algorithms: ['HS256'], issuer: TOKEN_ISSUER, ignoreExpiration: true },
      }),
    }),
  ],
  controllers: [AuthController, EmailActionsController],
  providers: [
    AuthService,
    TokensService,
    EmailActionsService,
    AccountMailsService,
    JwtStrategy,
    PrincipalsService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AuthService],
})
export class AuthModule {}
