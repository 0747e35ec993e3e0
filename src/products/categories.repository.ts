import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, Repository } from 'typeorm';
import { Database, type Transaction, violates } from '../database/database.js';
import { Category } from './category.entity.js';
import { isMeantBy, nameKey } from './category-name.js';
import { Product } from './product.entity.js';

const SLUG_LOCK = 0x736c7567; // "slug"
const MOVED_TOGETHER = 500;

@Injectable()
export class CategoriesRepository {
  constructor(
    @InjectRepository(Category) private readonly categories: Repository<Category>,
    private readonly database: Database,
  ) {}

  findById(id: number, tx?: Transaction): Promise<Category | null> {
    return this.in(tx).findOne({ where: { id } });
  }

  /** Locks the category until the transaction ends, so that no product can reference it meanwhile. */
  lock(id: number, tx: Transaction): Promise<Category | null> {
    return this.in(tx).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Keeps the category from deletion until the transaction ends. @returns whether it exists */
  async keep(id: number, tx: Transaction): Promise<boolean> {
    const rows = await this.database.query('SELECT id FROM categories WHERE id = $1 FOR KEY SHARE', [id], tx);
    return rows.length === 1;
  }

  /** Finds a category by its slug or a former slug. */
  findBySlug(slug: string, tx?: Transaction): Promise<Category | null> {
    return this.in(tx)
      .createQueryBuilder('c')
      .where('c.slug = :slug OR :slug = ANY(c.former_slugs)', { slug })
      .orderBy('c.slug <> :slug')
      .limit(1)
      .getOne();
  }

  /** Finds a category by its name, or by its slug if the slug identifies the name. */
  async findByName(name: string, tx: Transaction): Promise<Category | null> {
    const named = await this.in(tx).findOne({ where: { name_key: nameKey(name) } });
    if (named) return named;
    const slugged = await this.findBySlug(name.toLowerCase(), tx);
    return slugged && isMeantBy(name, slugged) ? slugged : null;
  }

  /** Finds a category by a former name, of its own or of one that was merged into it. */
  findByFormerName(name: string, tx: Transaction): Promise<Category | null> {
    return this.in(tx)
      .createQueryBuilder('c')
      .where(':key = ANY(c.former_names)', { key: nameKey(name) })
      .orderBy('c.id')
      .limit(1)
      .getOne();
  }

  /**
   * Adds a category. A number is appended to the slug if other categories have or had it. A lock serializes concurrent
   * calls.
   *
   * @returns null when another category has the name
   */
  async insert(name: string, slug: string, tx: Transaction): Promise<Category | null> {
    await this.lockSlugs(tx);
    if (await this.in(tx).exists({ where: { name_key: nameKey(name) } })) return null;
    const free = await this.freeSlug(slug, tx);
    const category = { name, name_key: nameKey(name), slug: free };
    const { identifiers } = await this.in(tx).insert(category);
    return this.findById(identifiers[0]!.id as number, tx);
  }

  /** Takes a lock until the commit, so that a slug that was found free stays free. */
  async lockSlugs(tx: Transaction): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock($1)', [SLUG_LOCK], tx);
  }

  async update(
    category: Category,
    changes: Partial<Pick<Category, 'name' | 'slug'>>,
    tx: Transaction,
  ): Promise<void> {
    const { name = category.name, slug = category.slug } = changes;
    const key = nameKey(name);
    const former_names = without(key, [...category.former_names, category.name_key]);
    const former_slugs = without(slug, [...category.former_slugs, category.slug]);
    await this.in(tx).update({ id: category.id }, { name, name_key: key, slug, former_names, former_slugs });
  }

  /** Makes the names and slugs of a merged category lead to the one that gets its products. */
  async inherit(heir: Category, from: Category, tx: Transaction): Promise<void> {
    const names = [...heir.former_names, ...from.former_names, from.name_key];
    const slugs = [...heir.former_slugs, ...from.former_slugs, from.slug];
    await this.in(tx).update(
      { id: heir.id },
      { former_names: without(heir.name_key, names), former_slugs: without(heir.slug, slugs) },
    );
  }

  async delete(id: number, tx: Transaction): Promise<void> {
    await this.in(tx).delete({ id });
  }

  hasProducts(id: number, tx: Transaction): Promise<boolean> {
    return tx.getRepository(Product).exists({ where: { category_id: id, deleted_at: IsNull() } });
  }

  /**
   * Moves a batch of products, locked in the order of their ids. With `to` null only deleted products are moved, before
   * their category is deleted.
   *
   * @returns how many
   */
  async moveSome(from: number, to: number | null, tx: Transaction): Promise<number> {
    const products = tx.getRepository(Product);
    const some = await products.find({
      select: { id: true },
      where: { category_id: from, ...(to === null && { deleted_at: Not(IsNull()) }) },
      order: { id: 'ASC' },
      take: MOVED_TOGETHER,
      lock: { mode: 'pessimistic_write' },
    });
    if (some.length === 0) return 0;
    await products
      .createQueryBuilder()
      .update()
      .set({ category_id: to, updated_at: () => 'updated_at' }) // else TypeORM sets it, and no version began then
      .updateEntity(false)
      .where({ id: In(some.map(({ id }) => id)) })
      .execute();
    return some.length;
  }

  isNameTaken(error: unknown): boolean {
    return violates(error, 'categories_name_unique');
  }

  isSlugTaken(slug: string, except: number, tx: Transaction): Promise<boolean> {
    return this.in(tx)
      .createQueryBuilder('c')
      .where('c.id <> :except AND (c.slug = :slug OR :slug = ANY(c.former_slugs))', { except, slug })
      .getExists();
  }

  private async freeSlug(slug: string, tx: Transaction): Promise<string> {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? slug : `${slug}-${number}`;
      if (!(await this.isSlugTaken(candidate, 0, tx))) return candidate;
    }
  }

  private in(tx?: Transaction): Repository<Category> {
    return tx?.getRepository(Category) ?? this.categories;
  }
}

function without(present: string, texts: string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== present);
}
