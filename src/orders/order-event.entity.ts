import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const ORDER_EVENTS = [
  'changed',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'expired',
  'deleted',
  'held',
  'released',
  'claimed',
] as const;

export type OrderEventName = (typeof ORDER_EVENTS)[number];

/** The source of a change: a request, the shop itself, or its housekeeping. */
export const EVENT_SOURCES = ['api', 'shop', 'clock'] as const;

export type EventSource = (typeof EVENT_SOURCES)[number];

/**
 * A change of an order. The table is append-only: a trigger refuses UPDATE and DELETE, except in the erasure of a person,
 * which replaces addresses and notes by `erased`.
 */
@Entity('order_history')
@Index('order_history_created_at', ['created_at'])
@Check('order_history_event_known', `event IN (${ORDER_EVENTS.map((event) => `'${event}'`).join(', ')})`)
@Check('order_history_source_known', `source IN (${EVENT_SOURCES.map((source) => `'${source}'`).join(', ')})`)
export class OrderEvent {
  @ForeignKey('Order', 'id', { name: 'order_history_order_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'order_history_pkey' })
  order_id!: number;

  /** Version of the order after the change. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_history_pkey' })
  version!: number;

  @Column('text')
  event!: OrderEventName;

  @Column('text')
  source!: EventSource;

  @ForeignKey('User', 'id', { name: 'order_history_actor_id_fkey' })
  @Column('bigint', { nullable: true })
  actor_id!: number | null;

  /** The actor's role at that time. */
  @Column('text', { nullable: true })
  actor_role!: string | null;

  /** Each changed field, before and after. */
  @Column('jsonb')
  changes!: Record<string, [before: unknown, after: unknown]>;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
