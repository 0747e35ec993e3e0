import { Check, Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The cart of a guest, who has its token. */
@Entity('guest_carts')
@Index('guest_carts_expires_at', ['expires_at'])
@Unique('guest_carts_token_hash_unique', ['token_hash'])
@Check('guest_carts_id_negative', 'id < 0')
export class GuestCart {
  /** Negative, to distinguish it from the id of a user. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'guest_carts_pkey',
  })
  id!: number;

  /** SHA-256 of the token. */
  @Column('bytea')
  token_hash!: Buffer;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @Column('timestamptz')
  expires_at!: Date;
}
