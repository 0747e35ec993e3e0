export const ORDERINGS = ['price', '-price', 'name', '-name', 'created_at', '-created_at'] as const;

export type Ordering = (typeof ORDERINGS)[number];

/** How a list is sorted in SQL: every key is unique together with the id, and both have an index. */
export interface SortKey {
  expression: string;
  type: string;
  direction: 'ASC' | 'DESC';
}

const EXPRESSIONS = {
  price: { expression: 'p.price', type: 'numeric' },
  name: { expression: 'fold_text(p.name)', type: 'text' },
  created_at: { expression: 'p.created_at', type: 'timestamptz' },
};

const BY_ID: SortKey = { expression: 'p.id', type: 'bigint', direction: 'ASC' };

export function sortKey(ordering: Ordering | undefined): SortKey {
  if (!ordering) return BY_ID;
  const key = EXPRESSIONS[ordering.replace('-', '') as keyof typeof EXPRESSIONS];
  return { ...key, direction: ordering.startsWith('-') ? 'DESC' : 'ASC' };
}
