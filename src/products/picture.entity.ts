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

  /** Hash of the picture's files; several products may have the same picture. */
  @ForeignKey('PictureFile', 'hash', { name: 'pictures_hash_fkey' })
  @Column('text')
  hash!: string;

  /** Alternative text, for people who do not see the picture. */
  @Column('text', { default: '' })
  alt!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
