import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';
import type { WebhookEventType } from './webhook-event-type.js';

/** An external receiver, and the events that it subscribes to. */
@Entity('webhook_endpoints')
@Check('webhook_endpoints_low_stock_not_negative', 'low_stock >= 0')
export class WebhookEndpoint {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  url!: string;

  @Column('text', { default: '' })
  description!: string;

  @Column('text', { array: true })
  events!: WebhookEventType[];

  /** `stock.low` is sent when a stock falls to this or below. */
  @Column('integer', { default: 5 })
  low_stock!: number;

  @Column('text')
  secret!: string;

  /** Signs beside `secret` until `former_secret_until`, so that the receiver can change it without a gap. */
  @Column('text', { nullable: true })
  former_secret!: string | null;

  @Column('timestamptz', { nullable: true })
  former_secret_until!: Date | null;

  @Column('timestamptz', { nullable: true })
  disabled_at!: Date | null;

  @Column('text', { nullable: true })
  disabled_reason!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at!: Date;
}
