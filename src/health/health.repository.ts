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

  /** @throws whatever a statement that changes nothing is refused with where nothing can be written */
  async tryToWrite(): Promise<void> {
    await this.database.query('UPDATE job_workers SET seen_at = now() WHERE false');
  }

  /** Full disks and lost rights show when something is written, which requests do. */
  get hasRefused(): boolean {
    return this.database.hasRefused;
  }

  /** Whether every migration that this build knows has run. */
  async isMigrated(): Promise<boolean> {
    const rows = await this.database.query<{ name: string }>(`SELECT name FROM migrations`);
    const applied = new Set(rows.map((row) => row.name));
    return this.dataSource.migrations.every(({ name }) => applied.has(name!));
  }
}
