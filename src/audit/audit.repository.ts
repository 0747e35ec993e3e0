import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { AuditEntry } from './audit-entry.entity.js';

export type NewAuditEntry = Partial<Omit<AuditEntry, 'id' | 'at'>> & Pick<AuditEntry, 'action' | 'model'>;

@Injectable()
export class AuditRepository {
  constructor(
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
    private readonly database: Database,
  ) {}

  async insert(entry: NewAuditEntry, tx?: Transaction): Promise<void> {
    const entries = tx?.getRepository(AuditEntry) ?? this.entries;
    await entries.insert(entry as object);
  }

  find(id: number): Promise<AuditEntry | null> {
    return this.entries.findOne({ where: { id } });
  }

  async eraseOrders(orderIds: number[], tx: Transaction): Promise<void> {
    await this.database.query('SELECT erase_orders_from_audit_log($1)', [orderIds], tx);
  }

  /** @returns how many went, at most `limit` */
  async deleteOlder(days: number, limit: number): Promise<number> {
    const row = await this.database.queryOne<{ gone: number }>(
      'SELECT forget_old_audit_log($1, $2) AS gone',
      [days, limit],
    );
    return row!.gone;
  }
}
