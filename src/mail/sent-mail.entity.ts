import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The record of a sent mail, without its text, which holds secret links. */
@Entity('sent_mails')
@Index('sent_mails_by_user', ['user_id', 'id'])
@Index('sent_mails_by_order', ['order_id'])
@Index('sent_mails_by_time', ['sent_at'])
export class SentMail {
  /** Id of the job that sent it. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'sent_mails_pkey' })
  id!: number;

  @Column('text')
  kind!: string;

  @ForeignKey('User', 'id', { name: 'sent_mails_user_id_fkey' })
  @Column('bigint', { nullable: true })
  user_id!: number | null;

  /** The order that it is about. */
  @ForeignKey('Order', 'id', { name: 'sent_mails_order_id_fkey' })
  @Column('bigint', { nullable: true })
  order_id!: number | null;

  /** The recipient's address. */
  @Column('text')
  email!: string;

  @Column('text')
  subject!: string;

  @Column('timestamptz')
  queued_at!: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  sent_at!: Date;
}
