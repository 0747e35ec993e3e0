import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm';

/**
 * A composite foreign key prevents changes of `stock` without a row in the ledger: the pair (stock_sequence, stock) must
 * exist there.
 */
@Entity('products')
@Index('products_slug_unique', { synchronize: false })
@Index('products_live', { synchronize: false })
@Index('products_by_price', { synchronize: false })
@Index('products_by_name', { synchronize: false })
@Index('products_by_created_at', { synchronize: false })
@Index('products_by_category', { synchronize: false })
@Index('products_by_category_and_price', { synchronize: false })
@Index('products_by_category_and_name', { synchronize: false })
@Index('products_by_category_and_created_at', { synchronize: false })
@Index('products_by_availability', { synchronize: false })
@Index('products_off_sale', { synchronize: false })
@Index('products_deleted', { synchronize: false })
@Index('products_words', { synchronize: false })
@Index('products_import_key_unique', { synchronize: false })
@Check('products_price_not_negative', 'price >= 0')
@Check('products_stock_not_negative', 'stock >= 0')
@ForeignKey('StockMovement', ['id', 'stock_sequence', 'stock'], ['product_id', 'sequence', 'stock_after'], {
  name: 'products_stock_in_ledger',
})
export class Product {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  name!: string;

  @Column('text')
  slug!: string;

  @Column('text', { default: '' })
  description!: string;

  /** Decimal string with two digits. */
  @Column('numeric', { precision: 10, scale: 2 })
  price!: string;

  @Column('integer')
  stock!: number;

  /** Sequence of the newest stock movement. */
  @Column('integer')
  stock_sequence!: number;

  /** How often anything but the stock changed; with `stock_sequence` it makes the version. */
  @Column('integer', { default: 0 })
  revision!: number;

  @Column('boolean', { default: true })
  on_sale!: boolean;

  /** Whether it is on sale and in stock; null when it is deleted. A trigger writes it. */
  @Column('boolean', { default: true, nullable: true })
  available!: boolean | null;

  @ForeignKey('Category', 'id', { name: 'products_category_id_fkey' })
  @Column('bigint', { nullable: true })
  category_id!: number | null;

  /** Paths below `/media/`; the first is the product's image. */
  @Column('text', { array: true, default: '{}' })
  pictures!: string[];

  /** The JSON of `pictures` in the API, with U+0001 in place of the base URL of pictures; see `WRITE_GALLERY`. */
  @Column('text', { default: '[]' })
  gallery!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at!: Date;

  /** Sort key: the folded name, written by a trigger. */
  @Column('text', { default: '' })
  name_key!: string;

  /** The words of name and description, folded; a trigger writes them. */
  @Column('tsvector', { default: '' })
  words!: string;

  /** Another shop's key of the product, such as `shopify:oak-desk`, by which a second import finds it. */
  @Column('text', { nullable: true })
  import_key!: string | null;

  @Column('timestamptz', { nullable: true })
  deleted_at!: Date | null;
}
