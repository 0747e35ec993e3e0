import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Database } from './database.js';
import { Replicas } from './replicas.js';

@Global()
@Module({})
export class DatabaseModule {
  /** Serves from a pool that is open and migrated already; Nest closes it when the app ends. */
  static over(dataSource: DataSource): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSource.options, autoLoadEntities: false }),
          dataSourceFactory: () => Promise.resolve(dataSource),
        }),
      ],
      providers: [Database, Replicas],
      exports: [Database, Replicas],
    };
  }
}
