export const ORDERINGS = ['price', '-price', 'name', '-name', 'created_at', '-created_at'] as const;

export type Ordering = (typeof ORDERINGS)[number];

const KEYS = {
  id: { expression: 'p.id', type: 'bigint' },
  price: { expression: 'p.price', type: 'numeric' },
  name: { expression: 'p.name_key', type: 'text' },
  created_at: { expression: 'p.created_at', type: 'timestamptz' },
};

/** How a list of products `p` is sorted in SQL: every key is unique together with the id, and both have an index. */
export class SortKey {
  readonly isId: boolean;
  readonly expression: string;
  readonly orderBy: string;
  private readonly type: string;
  private readonly comparison: '>' | '<';

  constructor(ordering: Ordering | undefined) {
    const name = (ordering?.replace('-', '') ?? 'id') as keyof typeof KEYS;
    const isDescending = ordering?.startsWith('-') ?? false;
    const direction = isDescending ? 'DESC' : 'ASC';
    this.isId = name === 'id';
    ({ expression: this.expression, type: this.type } = KEYS[name]);
    this.orderBy = `ORDER BY ${this.expression} ${direction}, p.id ${direction}`;
    this.comparison = isDescending ? '<' : '>';
  }

  /** Condition on a product that comes later than the one of that key and id. */
  behind(key: string, id: string): string {
    return `(${this.expression}, p.id) ${this.comparison} (${key}::${this.type}, ${id}::bigint)`;
  }
}
