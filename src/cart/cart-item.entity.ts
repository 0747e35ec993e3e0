import { Check, Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

@Entity('cart_items')
@Check('cart_items_quantity_positive', 'quantity > 0')
export class CartItem {
  /** Whose cart it is: a user's id, or the negative one of a guest's cart. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'cart_items_pkey' })
  user_id!: number;

  @ForeignKey('Product', 'id', { name: 'cart_items_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'cart_items_pkey' })
  product_id!: number;

  @Column('integer')
  quantity!: number;

  /** What a unit cost when it was last added. */
  @Column('numeric', { precision: 10, scale: 2 })
  unit_price!: string;

  /** Grows with every change of the quantity. */
  @Column('integer', { default: 1 })
  version!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
