import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One login on one device: what its access tokens name (`sid`) and its refresh tokens belong to. */
@Entity('sessions')
@Index('sessions_by_user', ['user_id'])
@Index('sessions_expires_at', ['expires_at'])
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @ForeignKey('User', 'id', { name: 'sessions_user_id_fkey' })
  @Column('bigint')
  user_id!: number;

  /** 256 random bits that, with the server's key, make this session's refresh tokens. */
  @Column('bytea')
  seed!: Buffer;

  /** How often the refresh token was rotated; only the newest is good, its predecessor for a moment. */
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
