import { Check, Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

@Entity('cart_items')
@Check('cart_items_quantity_positive', 'quantity > 0')
export class CartItem {
  @ForeignKey('User', 'id', { name: 'cart_items_user_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'cart_items_pkey' })
  user_id!: number;

  @ForeignKey('Product', 'id', { name: 'cart_items_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'cart_items_pkey' })
  product_id!: number;

  @Column('integer')
  quantity!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
