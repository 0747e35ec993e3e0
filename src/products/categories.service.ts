import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { entityTag } from '../http/conditional.js';
import { cleanIdentifier } from '../http/identifier.js';
import type { Json } from '../http/paging.js';
import { type Precondition, preconditionFailed } from '../http/preconditions.js';
import { conflict, invalidField, notFound } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { Answer, IdempotentRequest } from '../idempotency/idempotent-request.js';
import type { CategoryDto, CreateCategoryDto, UpdateCategoryDto } from './categories.dto.js';
import { CategoriesRepository } from './categories.repository.js';
import type { Category } from './category.entity.js';
import { categorySlugOf, cleanName, nameKey } from './category-name.js';
import { CATEGORY_VERSION } from './category-version.js';

@Injectable()
export class CategoriesService {
  constructor(
    private readonly categories: CategoriesRepository,
    private readonly audit: AuditService,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
  ) {}

  /** @param idOrSlug id, slug or former slug. @throws Problem 404 */
  async find(idOrSlug: string): Promise<CategoryDto> {
    const category = isId(idOrSlug)
      ? await this.categories.findById(Number(idOrSlug))
      : await this.categories.findBySlug(cleanIdentifier(idOrSlug).toLowerCase());
    if (!category) throw unknownCategory();
    return categoryDto(category);
  }

  /**
   * A new category, once for each `Idempotency-Key`.
   *
   * @param mustBeNew whether an existing category of that name is answered with 412 and its tag, instead of 409
   * @throws Problem 409 `category_exists`, or 412; 400 for a slug that another has or had
   */
  async create(
    category: CreateCategoryDto,
    by: Principal,
    mustBeNew: boolean,
    request?: IdempotentRequest,
  ): Promise<Json<CategoryDto>> {
    const name = cleanName(category.name);
    const { body } = await this.idempotency.once(by.id, request, (outer) =>
      this.database.transactionBy(
        by,
        async (tx): Promise<Answer> => {
          if (category.slug) await this.refuseTakenSlug(category.slug, 0, tx);
          const made = await this.categories.insert(name, category.slug ?? categorySlugOf(name), tx);
          if (made) return { status: 201, body: JSON.stringify(categoryDto(made)) };
          const twin = categoryDto((await this.categories.findByName(name, tx))!);
          if (mustBeNew) throw preconditionFailed(EXISTS, entityTag(JSON.stringify(twin)));
          throw conflict('category_exists', EXISTS, { name: [EXISTS] }, { category: twin });
        },
        outer,
      ),
    );
    this.cache.clear();
    return body;
  }

  /**
   * Changes name or slug. A new name keeps the slug; a former slug leads to the category for ever. When the body names the
   * version that it was read from, only fields that differ from that version count.
   *
   * @throws Problem 404; 412; 409 `category_exists`; 400 for a slug that another has or had
   */
  async update(
    id: number,
    { version, ...said }: UpdateCategoryDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<CategoryDto> {
    const changes = CATEGORY_VERSION.changedSince(version, said);
    try {
      const changed = await this.database.transactionBy(by, async (tx) => {
        const category = await this.locked(id, precondition, tx);
        if (changes.slug) await this.refuseTakenSlug(changes.slug, id, tx);
        const name = changes.name === undefined ? undefined : cleanName(changes.name);
        await this.categories.update(category, { name, slug: changes.slug }, tx);
        return (await this.categories.findById(id, tx))!;
      });
      this.cache.clear();
      return categoryDto(changed);
    } catch (error) {
      throw this.categories.isNameTaken(error)
        ? conflict('category_exists', EXISTS, { name: [EXISTS] })
        : error;
    }
  }

  /**
   * Moves the products of a category to another one and deletes it; its slugs lead there.
   *
   * @throws Problem 404; 400 naming `into`; 412
   */
  async merge(id: number, into: number, by: Principal, precondition?: Precondition): Promise<CategoryDto> {
    return categoryDto(await this.moveAndDelete(id, into, 'into', by, precondition));
  }

  /** @throws Problem 404; 409 `category_not_empty` while products have it and there is no `moveTo`; 412 */
  async delete(
    id: number,
    moveTo: number | undefined,
    by: Principal,
    precondition?: Precondition,
  ): Promise<void> {
    if (moveTo !== undefined) return void (await this.moveAndDelete(id, moveTo, 'move_to', by, precondition));
    await this.database.transactionBy(by, async (tx) => {
      await this.locked(id, precondition, tx);
      if (await this.categories.hasProducts(id, tx)) {
        throw conflict('category_not_empty', 'Products name this category: say where they go with move_to.');
      }
      while ((await this.categories.moveSome(id, null, tx)) > 0);
      await this.categories.delete(id, tx);
    });
    this.cache.clear();
  }

  /**
   * The id of the category of that name, which is created if necessary, and kept from deletion until the transaction
   * ends.
   *
   * @throws Problem 400 for a name without letter or digit
   */
  async ensure(name: string, tx: Transaction): Promise<number> {
    if (!/[\p{L}\p{N}]/u.test(name)) throw invalidField('category', 'category must hold a letter or a digit');
    const clean = cleanName(name);
    for (;;) {
      const known = await this.categories.findByName(clean, tx);
      const category = known ?? (await this.categories.insert(clean, categorySlugOf(clean), tx));
      if (category && (await this.categories.keep(category.id, tx))) return category.id;
    }
  }

  /** The ids of the categories of these names; null for a category that does not exist (`ensure` would create it). */
  async findIds(names: string[], tx: Transaction): Promise<(number | null)[]> {
    const ids: (number | null)[] = [];
    for (const name of names) ids.push((await this.categories.findByName(cleanName(name), tx))?.id ?? null);
    return ids;
  }

  /**
   * The ids of the categories that an export named by id and name, perhaps before they were renamed or merged; null for
   * another shop's category, whose id means nothing here.
   */
  async findExported(
    categories: { id: number; name: string }[],
    tx: Transaction,
  ): Promise<(number | null)[]> {
    const ids: (number | null)[] = [];
    for (const { id, name } of categories) {
      const category = await this.categories.findById(id, tx);
      if (category) ids.push(hasHadName(category, name) ? id : null);
      else ids.push((await this.findMerged(name, tx))?.id ?? null);
    }
    return ids;
  }

  /**
   * Whether a client read this name as that of the category `id`, perhaps before that one was renamed or merged. When the
   * category is gone and the name belongs to none, it is that of a category that was merged.
   */
  async isAsRead(id: number, name: string, tx: Transaction): Promise<boolean> {
    const named = await this.categories.findByName(name, tx);
    if (named) return named.id === id;
    const former = await this.categories.findByFormerName(name, tx);
    return former !== null && (former.id === id || !(await this.categories.findById(id, tx)));
  }

  /**
   * Moves the products in batches that commit separately, so that no buyer waits for long; the rest is moved with the
   * deletion. The audit log gets one entry for all products.
   *
   * @returns the category that got the products
   */
  private async moveAndDelete(
    id: number,
    to: number,
    field: string,
    by: Principal,
    precondition?: Precondition,
  ): Promise<Category> {
    if (id === to) throw invalidField(field, `${field} is the category itself`);
    const begin = (tx: Transaction) => this.locked(id, precondition, tx);
    await this.database.transaction(begin);
    const gone = () => invalidField(field, 'There is no such category.');
    let [moved, count] = [0, 0];
    do {
      moved = await this.database.transaction(async (tx) => {
        if (!(await this.categories.keep(to, tx))) throw gone();
        return this.categories.moveSome(id, to, tx);
      });
      count += moved;
    } while (moved > 0);
    const heir = await this.database.transactionBy(by, async (tx) => {
      await this.categories.lockSlugs(tx);
      const from = await this.locked(id, undefined, tx);
      const target = await this.categories.lock(to, tx);
      if (!target) throw gone();
      while ((moved = await this.categories.moveSome(id, to, tx)) > 0) count += moved;
      await this.categories.delete(id, tx);
      await this.categories.inherit(target, from, tx);
      const after = { merged_into: to, count };
      await this.audit.add({ action: 'merge', model: 'categories', row_id: String(id), after }, by, tx);
      return target;
    });
    this.cache.clear();
    return heir;
  }

  /** @throws Problem 404; 412 */
  private async locked(
    id: number,
    precondition: Precondition | undefined,
    tx: Transaction,
  ): Promise<Category> {
    const category = await this.categories.lock(id, tx);
    if (!category) throw unknownCategory();
    precondition?.check(JSON.stringify(categoryDto(category)));
    return category;
  }

  /** The category that got the products of one of this name, unless another has the name by now. */
  private async findMerged(name: string, tx: Transaction): Promise<Category | null> {
    const named = await this.categories.findByName(name, tx);
    return named ? null : this.categories.findByFormerName(name, tx);
  }

  private async refuseTakenSlug(slug: string, except: number, tx: Transaction): Promise<void> {
    await this.categories.lockSlugs(tx);
    if (await this.categories.isSlugTaken(slug, except, tx)) {
      throw invalidField('slug', 'Another category has this slug, or had it.');
    }
  }
}

const EXISTS = 'There is a category of that name already.';

function hasHadName({ name_key, former_names }: Category, name: string): boolean {
  return [name_key, ...former_names].includes(nameKey(name));
}

function categoryDto({ id, name, slug }: Category): CategoryDto {
  return { id, name, slug, version: CATEGORY_VERSION.of({ name, slug }) };
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,15}$/.test(text);
}

function unknownCategory() {
  return notFound('category_not_found', 'There is no such category.');
}
