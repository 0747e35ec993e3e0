import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * The values that a change of a product replaced. A version is `revision + stock_sequence`, so that every movement of
 * stock makes a version too; the stock of a version follows from the ledger.
 */
@Entity('product_versions')
@Index('product_versions_replaced_at', { synchronize: false })
export class ProductVersion {
  @ForeignKey('Product', 'id', { name: 'product_versions_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'product_versions_pkey' })
  product_id!: number;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'product_versions_pkey' })
  revision!: number;

  /** Sequence of the last stock movement before these values were replaced. */
  @Column('integer')
  stock_sequence!: number;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('numeric', { precision: 10, scale: 2 })
  price!: string;

  @Column('boolean')
  on_sale!: boolean;

  @Column('bigint', { nullable: true })
  category_id!: number | null;

  /** Null in versions from before there were uploads. */
  @Column('text', { array: true, nullable: true })
  pictures!: string[] | null;

  @Column('timestamptz', { default: () => 'now()' })
  replaced_at!: Date;
}
