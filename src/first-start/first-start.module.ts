import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { UsersModule } from '../users/users.module.js';
import { FirstStartService } from './first-start.service.js';

@Module({
  imports: [UsersModule, ProductsModule],
  providers: [FirstStartService],
})
export class FirstStartModule {}
