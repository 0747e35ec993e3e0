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

/** Where a change comes from: a request, the shop itself, or its clock. */
export const EVENT_SOURCES = ['api', 'shop', 'clock'] as const;

export type EventSource = (typeof EVENT_SOURCES)[number];

/**
 * What a change did to an order. The table only grows: a trigger refuses anything but INSERT, and the erasure of a person,
 * which leaves `erased` of addresses and notes.
 */
@Entity('order_history')
@Index('order_history_created_at', ['created_at'])
@Check('order_history_event_known', `event IN (${ORDER_EVENTS.map((event) => `'${event}'`).join(', ')})`)
@Check('order_history_source_known', `source IN (${EVENT_SOURCES.map((source) => `'${source}'`).join(', ')})`)
export class OrderEvent {
  @ForeignKey('Order', 'id', { name: 'order_history_order_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'order_history_pkey' })
  order_id!: number;

  /** Of the order from then on. */
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
