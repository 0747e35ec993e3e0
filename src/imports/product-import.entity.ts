import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ImportTotals, LineReport } from './import-report.js';

export const IMPORT_STATUSES = ['checking', 'checked', 'running', 'done', 'failed'] as const;

export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** A file of products that an admin uploaded: it is checked first, and then imported once. */
@Entity('product_imports')
@Index('product_imports_by_time', ['created_at'])
@Check(
  'product_imports_status_known',
  `status IN (${IMPORT_STATUSES.map((status) => `'${status}'`).join(', ')})`,
)
export class ProductImport {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'product_imports_pkey',
  })
  id!: number;

  @ForeignKey('User', 'id', { name: 'product_imports_actor_id_fkey' })
  @Column('bigint')
  actor_id!: number;

  @Column('uuid')
  session_id!: string;

  @Column('text')
  request_id!: string;

  /** The file's name at its sender. */
  @Column('text')
  file_name!: string;

  /** Its name in the shop's file storage; null after the file was deleted. */
  @Column('text', { nullable: true })
  file!: string | null;

  /** Name of the archive with its pictures in the file storage. */
  @Column('text', { nullable: true })
  pictures_file!: string | null;

  /** Whether to leave out refused lines and write the others in batches, instead of all or nothing. */
  @Column('boolean', { default: false })
  line_by_line!: boolean;

  @Column('text', { default: 'checking' })
  status!: ImportStatus;

  /** Progress of the current check or run, in per cent. */
  @Column('integer', { default: 0 })
  done!: number;

  @Column('jsonb', { nullable: true })
  totals!: ImportTotals | null;

  /** Lines with notes, at most a thousand. */
  @Column('jsonb', { default: () => `'[]'` })
  report!: LineReport[];

  @Column('text', { nullable: true })
  error!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
