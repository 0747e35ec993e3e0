import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CartController } from './cart.controller.js';
import { CartRepository } from './cart.repository.js';
import { CartService } from './cart.service.js';

@Module({
  imports: [IdempotencyModule],
  controllers: [CartController],
  providers: [CartService, CartRepository],
})
export class CartModule {}
