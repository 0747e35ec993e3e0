import { Module } from '@nestjs/common';
import { LinksRepository } from './links.repository.js';
import { LinksService } from './links.service.js';

@Module({
  providers: [LinksService, LinksRepository],
  exports: [LinksService],
})
export class LinksModule {}
