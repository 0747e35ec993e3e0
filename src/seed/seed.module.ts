import { Module } from '@nestjs/common';
import { MediaModule } from '../media/media.module.js';
import { ProductsModule } from '../products/products.module.js';
import { UsersModule } from '../users/users.module.js';
import { SeedService } from './seed.service.js';

@Module({
  imports: [UsersModule, ProductsModule, MediaModule],
  providers: [SeedService],
})
export class SeedModule {}
