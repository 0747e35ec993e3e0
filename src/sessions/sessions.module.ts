import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { Session } from './session.entity.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Session]),
    JwtModule.registerAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        secret: config.key('refresh-token') as unknown as Buffer,
        signOptions: { algorithm: 'HS256', issuer: 'comptoir' },
        verifyOptions: { algorithms: ['HS256'], issuer: 'comptoir' },
      }),
    }),
  ],
  controllers: [SessionsController],
  providers: [SessionsService, SessionsRepository, RefreshTokensService],
  exports: [SessionsService],
})
export class SessionsModule {}
