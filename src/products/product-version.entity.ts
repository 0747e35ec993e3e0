import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * What a change of a product replaced. Version and stock of that time follow from the ledger: a version is
 * `revision + stock_sequence`, and every movement of stock is one more version.
 */
@Entity('product_versions')
@Index('product_versions_replaced_at', { synchronize: false })
export class ProductVersion {
  @ForeignKey('Product', 'id', { name: 'product_versions_product_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'product_versions_pkey' })
  product_id!: number;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'product_versions_pkey' })
  revision!: number;

  /** Sequence of the newest stock movement while these values stood. */
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
