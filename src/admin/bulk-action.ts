import type { BulkField } from '../products/change-products.sql.js';

export const BULK_KINDS = [
  'price_percent',
  'set_category',
  'set_on_sale',
  'delete',
  'restore',
  'ship',
] as const;

export type BulkKind = (typeof BULK_KINDS)[number];

export const BULK_STATUSES = [
  'previewed',
  'queued',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
] as const;

export type BulkStatus = (typeof BULK_STATUSES)[number];

export interface BulkAction {
  kind: BulkKind;
  percent?: string;
  category_id?: number | null;
  on_sale?: boolean;
}

/** What an action does to a row `t`: the field that it changes, and SQL of the field's values before and after, as text. */
interface BulkEffect {
  /** A field of a product. Without one, the action goes through the orders' service. */
  field?: BulkField;
  before: string;
  /** `?` stands for the value of the action. */
  after: string;
  value?: (action: BulkAction) => string | null;
}

export const BULK_EFFECTS: Record<BulkKind, BulkEffect> = {
  // numeric is exact; halves are rounded away from zero
  price_percent: {
    field: 'price',
    before: 't.price::text',
    after: 'round(t.price * (100 + ?::numeric) / 100, 2)::text',
    value: ({ percent }) => percent!,
  },
  set_category: {
    field: 'category_id',
    before: 't.category_id::text',
    after: '?::bigint::text',
    value: ({ category_id }) => (category_id === null ? null : String(category_id)),
  },
  set_on_sale: {
    field: 'on_sale',
    before: 't.on_sale::text',
    after: '?::boolean::text',
    value: ({ on_sale }) => String(on_sale),
  },
  delete: { field: 'deleted', before: `'false'`, after: `'true'` },
  restore: { field: 'deleted', before: `'true'`, after: `'false'` },
  ship: { before: 't.status', after: `'shipped'` },
};
