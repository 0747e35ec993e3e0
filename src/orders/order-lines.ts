/** A product and a number of its units. */
export interface OrderLine {
  product_id: number;
  quantity: number;
}

/** A line as an order holds it. A product has several when units were added later at another price. */
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

/** Lines of which no two name one product. */
export function merged(lines: OrderLine[]): OrderLine[] {
  return [...quantities(lines)].map(([product_id, quantity]) => ({ product_id, quantity }));
}

/** The units of each product that there are more (positive) or fewer of after a change. */
export function differences(before: OrderLine[], after: OrderLine[]): Map<number, number> {
  const [old, wanted] = [quantities(before), quantities(after)];
  const changes = [...new Set([...old.keys(), ...wanted.keys()])].map(
    (id) => [id, (wanted.get(id) ?? 0) - (old.get(id) ?? 0)] as const,
  );
  return new Map(changes.filter(([, change]) => change !== 0));
}

/**
 * What is wanted of an order whose lines were read before somebody else changed them: products whose number differs
 * from what was read get the new number, the others stay as they are now.
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

/** Takes units off lines of one product, the newest line first: what stays keeps the oldest prices. */
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
