import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { EncodedPicture } from './encode-picture.js';

/** A picture whose files are stored. */
export interface StoredPicture {
  hash: string;
  width: number;
  widths: number[];
}

@Injectable()
export class PictureFilesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Records a picture, or marks it as used now: `lockUnused` spares it for an hour.
   *
   * @param sourceHash SHA-256 of the uploaded file
   */
  async reserve(
    { hash, width, height, widths, placeholder }: Omit<EncodedPicture, 'files'>,
    sourceHash?: string,
  ): Promise<void> {
    await this.database.query(
      `INSERT INTO picture_files (hash, width, height, widths, placeholder, source_hash)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (hash) DO UPDATE
         SET used_at = now(), source_hash = coalesce(excluded.source_hash, picture_files.source_hash)`,
      [hash, width, height, widths, placeholder, sourceHash],
    );
  }

  /** Finds the picture made from a file, and keeps it from deletion until `tx` ends. @returns its hash */
  async holdMadeOf(sourceHash: string, tx: Transaction): Promise<string | undefined> {
    const row = await this.database.queryOne<{ hash: string }>(
      'SELECT hash FROM picture_files WHERE source_hash = $1 ORDER BY hash LIMIT 1 FOR KEY SHARE',
      [sourceHash],
      tx,
    );
    return row?.hash;
  }

  /** Keeps pictures from deletion until `tx` ends. @returns those of the hashes that exist */
  async hold(hashes: string[], tx: Transaction): Promise<string[]> {
    const rows = await this.database.query<{ hash: string }>(
      'SELECT hash FROM picture_files WHERE hash = ANY($1) ORDER BY hash FOR KEY SHARE',
      [hashes],
      tx,
    );
    return rows.map(({ hash }) => hash);
  }

  /**
   * Finds a picture that no product has and that was not used within the last hour. Within that hour a cached page may
   * still request it, and an upload may not be attached to its product yet. It locks the picture, so that `reserve` waits
   * until it is deleted.
   */
  lockUnused(tx: Transaction): Promise<StoredPicture | undefined> {
    return this.database.queryOne<StoredPicture>(
      `SELECT hash, width, widths FROM picture_files f
       WHERE used_at < now() - interval '1 hour' AND NOT EXISTS (SELECT FROM pictures p WHERE p.hash = f.hash)
       ORDER BY used_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [],
      tx,
    );
  }

  async delete(hash: string, tx: Transaction): Promise<void> {
    await this.database.query('DELETE FROM picture_files WHERE hash = $1', [hash], tx);
  }
}
