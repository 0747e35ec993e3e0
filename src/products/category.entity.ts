import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('categories')
@Unique('categories_slug_unique', ['slug'])
@Unique('categories_name_unique', ['name_key'])
export class Category {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  name!: string;

  /** What makes two names one: see `nameKey`. */
  @Column('text')
  name_key!: string;

  @Column('text')
  slug!: string;

  /** Keys of names that it had, and of categories that were merged into it: for readers who saw those. */
  @Column('text', { array: true, default: '{}' })
  former_names!: string[];

  /** Slugs that lead here. */
  @Column('text', { array: true, default: '{}' })
  former_slugs!: string[];
}
