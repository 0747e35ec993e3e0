import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/**
 * A line of an order. Name and price are copies from the time of purchase. Units that were added later at another price
 * are another line of the same product.
 */
@Entity('order_items')
@Check('order_items_quantity_positive', 'quantity > 0')
@Check('order_items_price_not_negative', 'unit_price >= 0')
export class OrderItem {
  @ForeignKey('Order', 'id', { name: 'order_items_order_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'order_items_pkey' })
  order_id!: number;

  @ForeignKey('Product', 'id', { name: 'order_items_product_id_fkey' })
  @Column('bigint')
  product_id!: number;

  @PrimaryColumn('bigint', {
    generated: 'identity',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'order_items_pkey',
  } as object)
  id!: number;

  @Column('text')
  product_name!: string;

  @Column('numeric', { precision: 10, scale: 2 })
  unit_price!: string;

  @Column('integer')
  quantity!: number;
}
