import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A picture in the gallery of a product. */
@Entity('pictures')
@Unique('pictures_position_unique', ['product_id', 'position'], { deferrable: 'INITIALLY DEFERRED' })
@Index('pictures_by_hash', ['hash'])
export class Picture {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @ForeignKey('Product', 'id', { name: 'pictures_product_id_fkey' })
  @Column('bigint')
  product_id!: number;

  /** From 1; the first is the product's image. */
  @Column('integer')
  position!: number;

  /** Which picture it is; several products may show the same. */
  @ForeignKey('PictureFile', 'hash', { name: 'pictures_hash_fkey' })
  @Column('text')
  hash!: string;

  /** For those who do not see it. */
  @Column('text', { default: '' })
  alt!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
