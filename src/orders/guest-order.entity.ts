import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { type Language, LANGUAGES } from '../http/language.js';

/**
 * The guest who placed an order. The row is deleted when an account takes the order over, and when the guest is erased;
 * the order stays.
 */
@Entity('guest_orders')
@Index('guest_orders_by_email', ['email_key'])
@Index('guest_orders_search', { synchronize: false })
@Check(
  'guest_orders_language_known',
  `language IN (${LANGUAGES.map((language) => `'${language}'`).join(', ')})`,
)
export class GuestOrder {
  @ForeignKey('Order', 'id', { name: 'guest_orders_order_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'guest_orders_pkey' })
  order_id!: number;

  /** Id of the cart that it was placed from, which may be deleted. */
  @Column('bigint')
  cart_id!: number;

  @Column('text')
  email!: string;

  @Column('text')
  email_key!: string;

  /** Language of mails. */
  @Column('text')
  language!: Language;

  /** 256 random bits, from which and the server's key the token of the order's link is made. */
  @Column('bytea')
  link_seed!: Buffer;
}
