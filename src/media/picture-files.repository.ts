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
   * From now on no sweep takes it, for as long as `findUnused` spares what was used lately.
   *
   * @param sourceHash SHA-256 of the file that it was made of
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

  /** The picture that was made of a file; no sweep takes it until `tx` ends. @returns its hash */
  async holdMadeOf(sourceHash: string, tx: Transaction): Promise<string | undefined> {
    const row = await this.database.queryOne<{ hash: string }>(
      'SELECT hash FROM picture_files WHERE source_hash = $1 ORDER BY hash LIMIT 1 FOR KEY SHARE',
      [sourceHash],
      tx,
    );
    return row?.hash;
  }

  /** Pictures of these hashes; no sweep takes them until `tx` ends. @returns those that there are */
  async hold(hashes: string[], tx: Transaction): Promise<string[]> {
    const rows = await this.database.query<{ hash: string }>(
      'SELECT hash FROM picture_files WHERE hash = ANY($1) ORDER BY hash FOR KEY SHARE',
      [hashes],
      tx,
    );
    return rows.map(({ hash }) => hash);
  }

  /**
   * One that no product shows, and that none began or ceased to show within the last hour: so long a page that was
   * read before may still ask for it, and an upload may be on its way to its product. It is locked, so that who wants
   * to reserve it waits until it is gone.
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
