import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('categories')
@Unique('categories_slug_unique', ['slug'])
@Unique('categories_name_unique', ['name_key'])
export class Category {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  name!: string;

  /** The `nameKey` of the name. */
  @Column('text')
  name_key!: string;

  @Column('text')
  slug!: string;

  /** Keys of former names, and of categories that were merged into it, for clients that read those. */
  @Column('text', { array: true, default: '{}' })
  former_names!: string[];

  /** Former slugs, which still lead here. */
  @Column('text', { array: true, default: '{}' })
  former_slugs!: string[];
}
