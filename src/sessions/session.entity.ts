import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A login on a device. Its access tokens name it (`sid`), and its refresh tokens belong to it. */
@Entity('sessions')
@Index('sessions_by_user', ['user_id'])
@Index('sessions_expires_at', ['expires_at'])
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @ForeignKey('User', 'id', { name: 'sessions_user_id_fkey' })
  @Column('bigint')
  user_id!: number;

  /** 256 random bits, from which and the server's key this session's refresh tokens are made. */
  @Column('bytea')
  seed!: Buffer;

  /** Number of rotations of the refresh token. The newest token is valid, and its predecessor until the newest is used. */
  @Column('integer', { default: 0 })
  generation!: number;

  @Column('timestamptz', { nullable: true })
  rotated_at!: Date | null;

  @Column('text', { default: '' })
  user_agent!: string;

  @Column('text', { default: '' })
  address!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  last_used_at!: Date;

  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz', { nullable: true })
  ended_at!: Date | null;
}
