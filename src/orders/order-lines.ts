/** A product and a number of its units. */
export interface OrderLine {
  product_id: number;
  quantity: number;
}

/** A line of an existing order. A product has several lines when units were added later at another price. */
export interface HeldLine extends OrderLine {
  id: number;
  unit_price: string;
}

/** Units by product. */
export function quantities(lines: OrderLine[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { product_id, quantity } of lines) {
    sums.set(product_id, (sums.get(product_id) ?? 0) + quantity);
  }
  return sums;
}

/** One line for each product. */
export function merged(lines: OrderLine[]): OrderLine[] {
  return [...quantities(lines)].map(([product_id, quantity]) => ({ product_id, quantity }));
}

/** The change of each product's units: positive when there are more after it. */
export function differences(before: OrderLine[], after: OrderLine[]): Map<number, number> {
  const [old, wanted] = [quantities(before), quantities(after)];
  const changes = [...new Set([...old.keys(), ...wanted.keys()])].map(
    (id) => [id, (wanted.get(id) ?? 0) - (old.get(id) ?? 0)] as const,
  );
  return new Map(changes.filter(([, change]) => change !== 0));
}

/**
 * Merges a client's lines into an order that has changed since the client read it: products whose quantity differs from
 * the one read get the client's quantity, the others keep the present one.
 */
export function rebased(wanted: OrderLine[], read: OrderLine[], present: OrderLine[]): OrderLine[] {
  const numbers = quantities(present);
  const after = quantities(wanted);
  for (const product of differences(read, wanted).keys()) {
    if (after.has(product)) numbers.set(product, after.get(product)!);
    else numbers.delete(product);
  }
  return [...numbers].map(([product_id, quantity]) => ({ product_id, quantity }));
}

/** Removes units from the lines of one product, the newest line first, so that the oldest prices remain. */
export function taken(lines: HeldLine[], units: number): HeldLine[] {
  let left = units;
  return lines
    .toSorted((a, b) => b.id - a.id)
    .map((line) => {
      const off = Math.min(left, line.quantity);
      left -= off;
      return { ...line, quantity: line.quantity - off };
    });
}
