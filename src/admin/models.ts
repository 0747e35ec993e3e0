import { matchesSearch, partPattern, wordsPattern } from '../database/sql.js';
import { JOB_STATUSES, MAIL_STATUSES } from './job-status.js';
import { JOBS, MAILS } from './queued.sql.js';

export const COLUMN_TYPES = [
  'text',
  'integer',
  'money',
  'boolean',
  'timestamp',
  'enum',
  'json',
  'reference',
] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

/** SQL of a condition on a row `t`. @param search parameter with what was typed. @param words its words as a tsquery */
type Condition = (search: string, words: string) => string;

/** What the admin shows of a table, and the columns that lists are sorted and filtered by: only those with an index. */
export interface ModelTable {
  label: string;
  /** Shown in lists; the types are those of the entity. */
  columns: string[];
  /** Shown in a single row and in exports. */
  details?: string[];
  /** Details that are not columns of the table: SQL of a text, on the row `t`. */
  computed?: Record<string, string>;
  /** The default ordering of a list. */
  ordering: string;
  /** Further columns that a list can be sorted by, beside the first of the primary key. */
  sortable?: string[];
  /** Sortable column to the column that holds its sort key. */
  sortKeys?: Record<string, string>;
  filterable: string[];
  /** Filters that are not columns: SQL of the conditions for `true` and for `false`. */
  switches?: Record<string, Record<'true' | 'false', string>>;
  search?: Condition;
  searchesWords?: boolean;
  /** Fields that the public API writes. */
  writable?: string[];
  actions?: string[];
  /** For a model without an entity: SQL of its rows, its primary key, and the PostgreSQL types of its columns. */
  source?: {
    sql: string;
    primary: string[];
    types: Record<string, string>;
    enums?: Record<string, string[]>;
    references?: Record<string, string>;
  };
}

/** A stock of at most this many units is low. */
const LOW_STOCK = 5;

/** It reads the index of ledger rows that leave little stock: `products.stock` has none, as every sale would update it. */
const IS_LOW = `(t.stock <= ${LOW_STOCK} AND t.id = ANY(ARRAY(
  SELECT DISTINCT m.product_id FROM stock_movements m WHERE m.stock_after <= ${LOW_STOCK})))`;

const FOUND_USER = (search: string) => `u.deleted_at IS NULL AND ${matchesSearch('u.search_text', search)}`;

const FOUND_GUEST = (search: string) => `' ' || fold_text(g.email) LIKE ${wordsPattern(search)}`;

/** `#12` and `12` find a row by its id. */
const isNumber = (search: string) =>
  `t.id = CASE WHEN ${search} ~ '^#?[0-9]{1,15}$' THEN ltrim(${search}, '#')::bigint END`;

/**
 * The models of the admin. A column that is not named here is never shown: hashes, seeds, tokens, stored responses and
 * columns derived for searching.
 */
export const MODELS: Record<string, ModelTable> = {
  products: {
    label: 'Products',
    columns: [
      'name',
      'slug',
      'price',
      'stock',
      'on_sale',
      'category_id',
      'pictures',
      'created_at',
      'updated_at',
      'deleted_at',
    ],
    details: ['description', 'category'],
    computed: { category: '(SELECT c.name FROM categories c WHERE c.id = t.category_id)' },
    ordering: '-id',
    sortable: ['price', 'created_at', 'name'],
    sortKeys: { name: 'name_key' },
    filterable: ['price', 'category_id', 'created_at'],
    switches: {
      on_sale: { true: 't.on_sale', false: 'NOT t.on_sale' },
      low_stock: { true: IS_LOW, false: `NOT ${IS_LOW}` },
    },
    search: (search, words) => `(t.words @@ ${words}::tsquery OR ${isNumber(search)})`,
    searchesWords: true,
    writable: ['name', 'description', 'price', 'stock', 'on_sale', 'category_id'],
    actions: ['delete', 'price_percent', 'set_category', 'set_on_sale', 'restore'],
  },
  categories: {
    label: 'Categories',
    columns: ['name', 'slug'],
    details: ['former_names', 'former_slugs'],
    ordering: 'id',
    filterable: [],
    search: (search) => `fold_text(t.name) LIKE ${partPattern(search)}`,
    writable: ['name', 'slug'],
    actions: ['delete', 'merge'],
  },
  pictures: {
    label: 'Pictures',
    columns: ['product_id', 'position', 'hash', 'alt', 'created_at'],
    ordering: '-id',
    filterable: ['product_id', 'hash'],
    writable: ['alt', 'position'],
  },
  picture_files: {
    label: 'Files of pictures',
    columns: ['hash', 'width', 'height', 'used_at'],
    ordering: '-used_at',
    sortable: ['used_at'],
    filterable: ['used_at'],
  },
  stock_movements: {
    label: 'Stock ledger',
    columns: [
      'product_id',
      'sequence',
      'delta',
      'stock_after',
      'reason',
      'order_id',
      'actor_id',
      'note',
      'created_at',
    ],
    ordering: '-product_id',
    filterable: ['product_id', 'order_id'],
  },
  orders: {
    label: 'Orders',
    columns: ['user_id', 'status', 'total', 'held', 'created_at', 'updated_at', 'deleted_at'],
    details: ['shipping_address', 'billing_address', 'notes', 'version'],
    ordering: '-id',
    sortable: ['created_at', 'total'],
    filterable: ['user_id', 'status', 'total', 'created_at'],
    switches: { held: { true: 't.held', false: 'NOT t.held' } },
    search: (search) =>
      `(${isNumber(search)} OR t.user_id = ANY(ARRAY(SELECT u.id FROM users u WHERE ${FOUND_USER(search)} LIMIT 1000)))`,
    writable: ['status', 'held', 'shipping_address', 'billing_address', 'notes'],
    actions: ['ship'],
  },
  guest_orders: {
    label: 'Orders of guests',
    columns: ['order_id', 'cart_id', 'email', 'language'],
    ordering: '-order_id',
    filterable: [],
  },
  guest_carts: {
    label: 'Carts of guests',
    columns: ['created_at', 'expires_at'],
    ordering: 'id',
    sortable: ['expires_at'],
    filterable: ['expires_at'],
  },
  order_items: {
    label: 'Order items',
    columns: ['order_id', 'product_id', 'product_name', 'unit_price', 'quantity'],
    ordering: '-order_id',
    filterable: ['order_id'],
  },
  order_history: {
    label: 'Order history',
    columns: ['order_id', 'version', 'event', 'source', 'actor_id', 'actor_role', 'changes', 'created_at'],
    ordering: '-order_id',
    filterable: ['order_id'],
  },
  users: {
    label: 'Users',
    columns: [
      'username',
      'email',
      'name',
      'role',
      'email_verified_at',
      'disabled_at',
      'created_at',
      'deleted_at',
    ],
    details: [
      'phone',
      'birth_date',
      'gender',
      'language',
      'shipping_address',
      'billing_address',
      'newsletter_subscription',
      'updated_at',
    ],
    ordering: '-id',
    sortable: ['created_at'],
    filterable: ['role', 'created_at'],
    switches: { disabled: { true: 't.disabled_at IS NOT NULL', false: 't.disabled_at IS NULL' } },
    search: (search) => `(${FOUND_USER(search).replaceAll('u.', 't.')} OR ${isNumber(search)})`,
    writable: [
      'username',
      'email',
      'name',
      'role',
      'phone',
      'birth_date',
      'gender',
      'language',
      'shipping_address',
      'billing_address',
      'newsletter_subscription',
    ],
    actions: ['disable', 'enable', 'end-sessions', 'send-reset', 'export', 'erase'],
  },
  sessions: {
    label: 'Sessions',
    columns: ['user_id', 'user_agent', 'address', 'created_at', 'last_used_at', 'expires_at', 'ended_at'],
    ordering: '-expires_at',
    sortable: ['expires_at'],
    filterable: ['user_id', 'expires_at'],
  },
  cart_items: {
    label: 'Carts',
    columns: ['user_id', 'product_id', 'quantity', 'unit_price', 'created_at'],
    ordering: '-user_id',
    filterable: ['user_id'],
  },
  favorites: {
    label: 'Favorites',
    columns: ['user_id', 'product_id', 'created_at'],
    ordering: '-user_id',
    filterable: ['user_id'],
  },
  mails: {
    label: 'Mails',
    columns: [
      'kind',
      'email',
      'subject',
      'status',
      'user_id',
      'order_id',
      'created_at',
      'sent_at',
      'last_error',
      'attempts',
      'run_at',
    ],
    ordering: '-id',
    filterable: ['status', 'user_id', 'order_id'],
    search: (search) =>
      `(t.user_id = ANY(ARRAY(SELECT u.id FROM users u WHERE ${FOUND_USER(search)} LIMIT 1000))
       OR t.order_id = ANY(ARRAY(SELECT g.order_id FROM guest_orders g WHERE ${FOUND_GUEST(search)} LIMIT 1000)))`,
    source: {
      sql: MAILS,
      primary: ['id'],
      types: {
        id: 'bigint',
        kind: 'text',
        user_id: 'bigint',
        order_id: 'bigint',
        email: 'text',
        subject: 'text',
        status: 'text',
        attempts: 'integer',
        created_at: 'timestamptz',
        run_at: 'timestamptz',
        sent_at: 'timestamptz',
        last_error: 'text',
      },
      enums: { status: MAIL_STATUSES },
      references: { user_id: 'users', order_id: 'orders' },
    },
  },
  jobs: {
    label: 'Jobs',
    columns: [
      'task',
      'status',
      'attempts',
      'max_attempts',
      'run_at',
      'created_at',
      'updated_at',
      'last_error',
    ],
    ordering: '-id',
    filterable: ['status', 'task'],
    source: {
      sql: JOBS,
      primary: ['id'],
      types: {
        id: 'bigint',
        task: 'text',
        status: 'text',
        attempts: 'integer',
        max_attempts: 'integer',
        run_at: 'timestamptz',
        created_at: 'timestamptz',
        updated_at: 'timestamptz',
        last_error: 'text',
      },
      enums: { status: JOB_STATUSES },
    },
  },
  webhook_endpoints: {
    label: 'Webhooks',
    columns: [
      'url',
      'description',
      'events',
      'low_stock',
      'disabled_at',
      'disabled_reason',
      'created_at',
      'updated_at',
    ],
    ordering: 'id',
    filterable: [],
  },
  webhook_deliveries: {
    label: 'Webhook deliveries',
    columns: [
      'endpoint_id',
      'event_id',
      'status',
      'attempts',
      'attempted_at',
      'answer_status',
      'error',
      'created_at',
    ],
    details: ['answer'],
    ordering: '-id',
    filterable: ['endpoint_id', 'event_id'],
  },
  webhook_events: {
    label: 'Webhook events',
    columns: ['type', 'data', 'created_at'],
    ordering: '-created_at',
    sortable: ['created_at'],
    filterable: ['created_at'],
  },
  idempotency_keys: {
    label: 'Idempotency keys',
    columns: ['user_id', 'key', 'status', 'created_at'],
    ordering: '-created_at',
    sortable: ['created_at'],
    filterable: ['user_id', 'created_at'],
  },
  rate_limits: {
    label: 'Rate limits',
    columns: ['key', 'hits', 'expires_at'],
    ordering: 'key',
    filterable: [],
    source: {
      sql: 'rate_limits',
      primary: ['key'],
      types: { key: 'text', hits: 'integer', expires_at: 'timestamptz' },
    },
  },
  audit_log: {
    label: 'Audit log',
    columns: [
      'at',
      'actor_id',
      'actor_role',
      'action',
      'model',
      'row_id',
      'before',
      'after',
      'bulk_id',
      'session_id',
      'request_id',
    ],
    ordering: '-id',
    sortable: ['at'],
    filterable: ['actor_id', 'model', 'row_id', 'at', 'bulk_id'],
    actions: ['restore'],
  },
  bulk_changes: {
    label: 'Bulk changes',
    columns: ['model', 'action', 'status', 'count', 'done', 'error', 'actor_id', 'created_at', 'finished_at'],
    details: ['changed_since'],
    ordering: '-id',
    filterable: [],
    actions: ['undo'],
  },
  product_imports: {
    label: 'Imports of products',
    columns: [
      'file_name',
      'status',
      'done',
      'totals',
      'line_by_line',
      'error',
      'actor_id',
      'created_at',
      'finished_at',
    ],
    ordering: '-id',
    filterable: [],
  },
};
