export const ORDERINGS = [
  'id',
  '-id',
  'price',
  '-price',
  'name',
  '-name',
  'created_at',
  '-created_at',
] as const;

export type Ordering = (typeof ORDERINGS)[number];

const KEYS = {
  id: { expression: 'p.id', type: 'bigint' },
  price: { expression: 'p.price', type: 'numeric' },
  name: { expression: 'p.name_key', type: 'text' },
  created_at: { expression: 'p.created_at', type: 'timestamptz' },
};

/** How a list of products `p` is sorted in SQL: each key is unique together with the id, and both have an index. */
export class SortKey {
  readonly isId: boolean;
  readonly isPrice: boolean;
  readonly expression: string;
  readonly type: string;
  private readonly isDescending: boolean;

  constructor(ordering: Ordering) {
    const name = ordering.replace('-', '') as keyof typeof KEYS;
    this.isDescending = ordering.startsWith('-');
    this.isId = name === 'id';
    this.isPrice = name === 'price';
    ({ expression: this.expression, type: this.type } = KEYS[name]);
  }

  get orderBy(): string {
    return this.orderOf(this.expression, 'p.id');
  }

  /** Sorts by columns that hold key and id. */
  orderOf(key: string, id: string): string {
    const direction = this.isDescending ? 'DESC' : 'ASC';
    return this.isId ? `ORDER BY ${id} ${direction}` : `ORDER BY ${key} ${direction}, ${id} ${direction}`;
  }

  /** Condition on a product that comes after the one with this key and id. */
  behind(key: string, id: string): string {
    return this.compare(this.isDescending ? '<' : '>', key, id);
  }

  /** Condition on a product that does not come after it. */
  upTo(key: string, id: string): string {
    return this.compare(this.isDescending ? '>=' : '<=', key, id);
  }

  private compare(comparison: string, key: string, id: string): string {
    return `(${this.expression}, p.id) ${comparison} (${key}::${this.type}, ${id}::bigint)`;
  }
}
