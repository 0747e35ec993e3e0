import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CartItem } from './cart-item.entity.js';
import { GuestCart } from './guest-cart.entity.js';
import { GuestCartsRepository } from './guest-carts.repository.js';
import { GuestCartsService } from './guest-carts.service.js';
import { CartController } from './cart.controller.js';
import { CartRepository } from './cart.repository.js';
import { CartService } from './cart.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([CartItem, GuestCart]), IdempotencyModule],
  controllers: [CartController],
  providers: [CartService, CartRepository, GuestCartsService, GuestCartsRepository],
  exports: [CartService, GuestCartsService],
})
export class CartModule {}
