import { Module } from '@nestjs/common';
import { ReadCache } from './read-cache.js';

@Module({ providers: [ReadCache], exports: [ReadCache] })
export class ReadCacheModule {}
