import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Database } from '../database/database.js';

@Injectable()
export class HealthRepository {
  constructor(
    private readonly database: Database,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** Runs an UPDATE that matches no row. @throws the error of a database that takes no writes */
  async tryToWrite(): Promise<void> {
    await this.database.query('UPDATE job_workers SET seen_at = now() WHERE false');
  }

  /** Whether requests' statements were refused lately: full disks and missing rights show only in real writes. */
  get hasRefused(): boolean {
    return this.database.hasRefused;
  }

  /** Whether every migration of this build has run. */
  async isMigrated(): Promise<boolean> {
    const rows = await this.database.query<{ name: string }>(`SELECT name FROM migrations`);
    const applied = new Set(rows.map((row) => row.name));
    return this.dataSource.migrations.every(({ name }) => applied.has(name!));
  }
}
