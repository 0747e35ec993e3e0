import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A row of a bulk change: the value of its field before and after, as text. */
@Entity('bulk_rows')
export class BulkRow {
  @ForeignKey('BulkChange', 'id', { name: 'bulk_rows_bulk_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'bulk_rows_pkey' })
  bulk_id!: number;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'bulk_rows_pkey' })
  row_id!: number;

  @Column('text', { nullable: true })
  before!: string | null;

  @Column('text', { nullable: true })
  after!: string | null;
}
