import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** The delivery of an event to one endpoint, with the last response. */
@Entity('webhook_deliveries')
@Check('webhook_deliveries_status_known', `status IN ('pending', 'delivered', 'failed')`)
@Index('webhook_deliveries_by_endpoint', ['endpoint_id', 'id'])
export class WebhookDelivery {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @ForeignKey('WebhookEvent', 'id', { name: 'webhook_deliveries_event_id_fkey', onDelete: 'CASCADE' })
  @Index('webhook_deliveries_by_event')
  @Column('uuid')
  event_id!: string;

  @ForeignKey('WebhookEndpoint', 'id', { name: 'webhook_deliveries_endpoint_id_fkey', onDelete: 'CASCADE' })
  @Column('bigint')
  endpoint_id!: number;

  @Column('text', { default: 'pending' })
  status!: 'pending' | 'delivered' | 'failed';

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { nullable: true })
  attempted_at!: Date | null;

  @Column('integer', { nullable: true })
  answer_status!: number | null;

  /** Beginning of the response's body. */
  @Column('text', { nullable: true })
  answer!: string | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
