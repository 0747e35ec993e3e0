import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** Why the stock of a product changed. */
const STOCK_REASONS = [
  'initial',
  'adjustment',
  'sale',
  'order_change',
  'cancellation',
  'deletion',
  'expired',
] as const;

export type StockReason = (typeof STOCK_REASONS)[number];

/** The stock ledger: one row for every change, numbered from 1 within its product. */
@Entity('stock_movements')
@Unique('stock_movements_state_unique', ['product_id', 'sequence', 'stock_after'])
@Index('stock_movements_leaving_little', { synchronize: false })
@Index('stock_movements_by_order', { synchronize: false })
@Index('stock_movements_restocks', { synchronize: false })
@Check('stock_movements_stock_not_negative', 'stock_after >= 0')
@Check('stock_movements_moves', `delta <> 0 OR reason = 'initial'`)
@Check(
  'stock_movements_reason_known',
  `reason IN (${STOCK_REASONS.map((reason) => `'${reason}'`).join(', ')})`,
)
export class StockMovement {
  @ForeignKey('Product', 'id', { name: 'stock_movements_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'stock_movements_pkey' })
  product_id!: number;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'stock_movements_pkey' })
  sequence!: number;

  @Column('integer')
  delta!: number;

  @Column('integer')
  stock_after!: number;

  @Column('text')
  reason!: StockReason;

  @ForeignKey('Order', 'id', { name: 'stock_movements_order_id_fkey' })
  @Column('bigint', { nullable: true })
  order_id!: number | null;

  /** The actor; null for the shop itself and its housekeeping. */
  @Column('bigint', { nullable: true })
  actor_id!: number | null;

  /** The actor's note. */
  @Column('text', { default: '' })
  note!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
