import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThanOrEqual, Repository } from 'typeorm';
import type { Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import { EmailUndoToken } from './email-undo-token.entity.js';

/** The account and the address to restore. */
export type EmailUndo = Pick<EmailUndoToken, 'user_id' | 'email' | 'created_at'>;

const USABLE = 'token_hash = :tokenHash AND user_id = :userId AND used_at IS NULL AND expires_at > now()';

@Injectable()
export class EmailUndoTokensRepository {
  constructor(@InjectRepository(EmailUndoToken) private readonly tokens: Repository<EmailUndoToken>) {}

  /** @param lifetime PostgreSQL interval */
  async insert(
    userId: number,
    email: string,
    tokenHash: Buffer,
    lifetime: string,
    tx: Transaction,
  ): Promise<void> {
    await tx.getRepository(EmailUndoToken).insert({
      token_hash: tokenHash,
      user_id: userId,
      email,
      email_key: identifierKey(email),
      expires_at: () => `now() + interval '${lifetime}'`,
    });
  }

  isUsable(userId: number, tokenHash: Buffer): Promise<boolean> {
    return this.tokens.createQueryBuilder().where(USABLE, { userId, tokenHash }).getExists();
  }

  /** Marks the link and those of later changes as used. Of many concurrent calls only one gets the row. */
  async redeem(userId: number, tokenHash: Buffer, tx: Transaction): Promise<EmailUndo | undefined> {
    const { raw } = await tx
      .getRepository(EmailUndoToken)
      .createQueryBuilder()
      .update({ used_at: () => 'now()' })
      .where(USABLE, { userId, tokenHash })
      .returning(['user_id', 'email', 'created_at'])
      .execute();
    const [undo] = raw as EmailUndo[];
    if (undo) {
      const later = { user_id: userId, used_at: IsNull(), created_at: MoreThanOrEqual(undo.created_at) };
      await tx.getRepository(EmailUndoToken).update(later, { used_at: () => 'now()' });
    }
    return undo;
  }

  /** Whether an account other than this one may still restore this address. */
  isReserved(email: string, userId: number, tx: Transaction): Promise<boolean> {
    return tx
      .getRepository(EmailUndoToken)
      .createQueryBuilder()
      .where('email_key = :key AND user_id <> :userId AND used_at IS NULL AND expires_at > now()', {
        key: identifierKey(email),
        userId,
      })
      .getExists();
  }
}
