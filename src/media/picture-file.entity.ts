import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A picture whose files are stored, or are being stored. */
@Entity('picture_files')
@Index('picture_files_by_use', ['used_at'])
@Index('picture_files_by_source', { synchronize: false })
export class PictureFile {
  /** Hash over all its files, whose names begin with it. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'picture_files_pkey' })
  hash!: string;

  /** Size of the largest files. */
  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  /** Widths of the WebP files, ascending. */
  @Column('integer', { array: true })
  widths!: number[];

  /** ThumbHash in base64. */
  @Column('text')
  placeholder!: string;

  /** SHA-256 of the uploaded file that it was last made from; null for older pictures. */
  @Column('text', { nullable: true })
  source_hash!: string | null;

  /** When the picture was last stored, or last added to or removed from a product. */
  @Column('timestamptz', { default: () => 'now()' })
  used_at!: Date;
}
