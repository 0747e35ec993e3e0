import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { type Language, LANGUAGES } from '../http/language.js';

/**
 * Who placed an order without an account. The row goes when an account takes the order over, and when the person is
 * erased; the order stays.
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

  /** The cart it was placed with, which may be gone. */
  @Column('bigint')
  cart_id!: number;

  @Column('text')
  email!: string;

  @Column('text')
  email_key!: string;

  /** Of mails. */
  @Column('text')
  language!: Language;

  /** 256 random bits: with the server's key they make the token of the order's link. */
  @Column('bytea')
  link_seed!: Buffer;
}
