import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { ProductsModule } from '../products/products.module.js';
import { MediaModule } from '../media/media.module.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { PictureIntake } from './picture-intake.js';
import { ProductImport } from './product-import.entity.js';
import { ProductImportsRepository } from './product-imports.repository.js';
import { ProductsImportService } from './products-import.service.js';
import { StagedProductsRepository } from './staged-products.repository.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ProductImport]),
    AuditModule,
    MediaModule,
    ProductsModule,
    ReadCacheModule,
  ],
  controllers: [ImportsController],
  providers: [
    ImportsService,
    PictureIntake,
    ProductImportsRepository,
    ProductsImportService,
    StagedProductsRepository,
  ],
  exports: [ImportsService, ProductsImportService],
})
export class ImportsModule {}
