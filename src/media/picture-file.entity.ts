import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Pictures whose files are stored, or are just being stored. */
@Entity('picture_files')
@Index('picture_files_by_use', ['used_at'])
@Index('picture_files_by_source', { synchronize: false })
export class PictureFile {
  /** Of all its files, whose names begin with it. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'picture_files_pkey' })
  hash!: string;

  /** Of the largest files. */
  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  /** Of the WebP files, ascending. */
  @Column('integer', { array: true })
  widths!: number[];

  /** ThumbHash in base64. */
  @Column('text')
  placeholder!: string;

  /** SHA-256 of the file that it was made of last; null where that was before this was kept. */
  @Column('text', { nullable: true })
  source_hash!: string | null;

  /** When a product last began or ceased to show it. */
  @Column('timestamptz', { default: () => 'now()' })
  used_at!: Date;
}
