import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthV1Controller } from './auth-v1.controller.js';
import { AuthV1Service } from './auth-v1.service.js';

@Module({
  imports: [AuthModule, UsersModule, OrdersModule],
  controllers: [AuthV1Controller],
  providers: [AuthV1Service],
})
export class AuthV1Module {}
