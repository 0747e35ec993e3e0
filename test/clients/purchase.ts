/** What a program that uses a generated client is told, and what it tells when it is done. */
export interface Purchase {
  /** Of the running shop. */
  url: string;
  customer: { username: string; password: string };
  admin: { username: string; password: string };
  search: string;
  quantity: number;
  /** For the gallery of the product, by the admin. */
  picture: File;
}

export interface Receipt {
  /** Whether the customer told its gender: null is an answer. */
  gender: 'male' | 'female' | 'other' | null;
  unitPrice: string;
  cartTotal: string;
  order: { id: number; status: string; total: string };
  myOrders: number[];
  /** As the shop shows it now. */
  picture: { id: number; width: number; srcset: { webp: string } };
  /** Of a registration that was refused. */
  refused: { status: number; code: string; errors: Record<string, string[]> };
}

export const REFUSED_REGISTRATION = { username: 'somebody', email: 'no address', password: 'short' };

/** @throws when there is nothing */
export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('nothing was answered');
  return value;
}
