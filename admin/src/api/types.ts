/** The members of responses that the screens use. Money is a decimal text, times are ISO 8601. */

export interface Page<Item> {
  count: number;
  /** `false`: the total is more than `count`. */
  count_exact?: boolean;
  next: string | null;
  previous: string | null;
  results: Item[];
}

export interface Product {
  id: number;
  name: string;
  slug: string;
  description: string;
  price: string;
  stock: number;
  available: boolean;
  category: string | null;
  image: string | null;
  images: string[];
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Category {
  id: number;
  name: string;
  slug: string;
}

export const ORDER_STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

interface OrderItem {
  id: number;
  product_id: number;
  product_name: string;
  unit_price: string;
  quantity: number;
  subtotal: string;
}

export interface Order {
  id: number;
  /** Null for an order without an account. */
  user_id: number | null;
  /** The e-mail of a guest's order, unless the person was erased. */
  email: string | null;
  status: OrderStatus;
  items: OrderItem[];
  total: string;
  shipping_address: string;
  billing_address: string;
  notes: string;
  held: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface User {
  id: number;
  username: string;
  email: string;
  email_verified: boolean;
  name: string;
  phone: string | null;
  birth_date: string | null;
  gender: 'male' | 'female' | 'other' | null;
  language: 'en' | 'fr';
  role: 'customer' | 'admin';
  shipping_address: string | null;
  billing_address: string | null;
  newsletter_subscription: boolean;
  created_at: string;
  updated_at: string;
}

type ColumnType = 'text' | 'integer' | 'money' | 'boolean' | 'timestamp' | 'enum' | 'json' | 'reference';

export interface ModelColumn {
  name: string;
  type: ColumnType;
  enum?: string[];
  reference?: string;
  filters: string[];
  /** Only in a single row, and in exports. */
  detail: boolean;
}

/** Description of a table by the admin's API. */
export interface Model {
  name: string;
  label: string;
  orderings: string[];
  searchable: boolean;
  deleted: boolean;
  switches: string[];
  columns: ModelColumn[];
}

/** A row of any model, by its columns. */
export interface Row {
  id: number | string;
  [column: string]: unknown;
}
