import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

@Entity('favorites')
export class Favorite {
  @ForeignKey('User', 'id', { name: 'favorites_user_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'favorites_pkey' })
  user_id!: number;

  @Index('favorites_by_product')
  @ForeignKey('Product', 'id', { name: 'favorites_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'favorites_pkey' })
  product_id!: number;

  /** The product's price when it was added to the favorites or, later, in the last mail about it. */
  @Column('numeric', { precision: 10, scale: 2, nullable: true })
  known_price!: string | null;

  /** When the last mail about it was queued. */
  @Column('timestamptz', { nullable: true })
  told_at!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
