/** Input and output of a program that uses a generated client. */
export interface Purchase {
  /** Address of the running shop. */
  url: string;
  customer: { username: string; password: string };
  admin: { username: string; password: string };
  search: string;
  quantity: number;
  /** Picture that the admin adds to the product. */
  picture: File;
}

export interface Receipt {
  /** Whether the customer has a gender: null is a value. */
  gender: 'male' | 'female' | 'other' | null;
  unitPrice: string;
  cartTotal: string;
  order: { id: number; status: string; total: string };
  myOrders: number[];
  /** The current stock in the shop. */
  picture: { id: number; width: number; srcset: { webp: string } };
  /** Errors of a refused registration. */
  refused: { status: number; code: string; errors: Record<string, string[]> };
}

export const REFUSED_REGISTRATION = { username: 'somebody', email: 'no address', password: 'short' };

/** @throws when it is null or undefined */
export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('nothing was answered');
  return value;
}
