import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

@Entity('orders')
@Index('orders_by_user', { synchronize: false })
@Index('orders_by_status', { synchronize: false })
@Index('orders_by_created_at', ['created_at', 'id'])
@Index('orders_by_total', ['total'])
@Check('orders_status_known', `status IN (${ORDER_STATUSES.map((status) => `'${status}'`).join(', ')})`)
@Check('orders_total_not_negative', 'total >= 0')
export class Order {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @ForeignKey('User', 'id', { name: 'orders_user_id_fkey' })
  /** Null for a guest's order. */
  @Column('bigint', { nullable: true })
  user_id!: number | null;

  @Column('text', { default: 'pending' })
  status!: OrderStatus;

  /** Decimal string with two digits: the exact sum of the items' subtotals. */
  @Column('numeric', { precision: 24, scale: 2 })
  total!: string;

  @Column('text', { default: '' })
  shipping_address!: string;

  @Column('text', { default: '' })
  billing_address!: string;

  @Column('text', { default: '' })
  notes!: string;

  /** Whether an admin keeps the pending order from expiring. */
  @Column('boolean', { default: false })
  held!: boolean;

  /** 1 when it is placed; each change adds one, and a row of the history. */
  @Column('integer', { default: 1 })
  version!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at!: Date;

  /** When its owner deleted it: the owner does not see it any more; it is kept for accounting. */
  @Column('timestamptz', { nullable: true })
  deleted_at!: Date | null;
}
