import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { notFound } from '../http/problem.js';
import type { AuditEntry } from './audit-entry.entity.js';
import { AuditRepository, type NewAuditEntry } from './audit.repository.js';

/**
 * Who changed what. Triggers write an entry for each row that an admin's transaction changes (`transactionBy`), and for
 * each change of a role, price, stock or status by any actor. Actions that change no row are added here.
 */
@Injectable()
export class AuditService {
  constructor(
    private readonly audit: AuditRepository,
    private readonly config: Config,
  ) {}

  /** @param by undefined for a command */
  add(entry: NewAuditEntry, by: Principal | undefined, tx?: Transaction): Promise<void> {
    if (!by) return this.audit.insert(entry, tx);
    const { id: actor_id, role: actor_role, sessionId: session_id, requestId: request_id } = by;
    return this.audit.insert({ ...entry, actor_id, actor_role, session_id, request_id }, tx);
  }

  /**
   * Removes addresses and notes from the log and the history of orders whose guest is erased. The entries stay.
   */
  eraseOrders(orderIds: number[], tx: Transaction): Promise<void> {
    return this.audit.eraseOrders(orderIds, tx);
  }

  /** @throws Problem 404 */
  async find(id: number): Promise<AuditEntry> {
    const entry = await this.audit.find(id);
    if (!entry) throw notFound('audit_entry_not_found', 'There is no such entry of the audit log.');
    return entry;
  }

  /** Deletes entries older than `AUDIT_DAYS`. @returns how many, at most `limit` */
  deleteExpired(limit: number): Promise<number> {
    return this.audit.deleteOlder(this.config.auditDays, limit);
  }
}
