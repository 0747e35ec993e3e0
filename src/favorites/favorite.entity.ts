import { CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

@Entity('favorites')
export class Favorite {
  @ForeignKey('User', 'id', { name: 'favorites_user_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'favorites_pkey' })
  user_id!: number;

  @ForeignKey('Product', 'id', { name: 'favorites_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'favorites_pkey' })
  product_id!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
