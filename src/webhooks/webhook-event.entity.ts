import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event, written in the transaction of the change that it is about. */
@Entity('webhook_events')
export class WebhookEvent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_events_pkey' })
  id!: string;

  @Column('text')
  type!: string;

  @Column('jsonb')
  data!: object;

  @Index('webhook_events_created_at')
  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
