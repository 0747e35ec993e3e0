import { differences, merged, rebased, taken } from './order-lines.js';

const line = (product_id: number, quantity: number) => ({ product_id, quantity });

describe('The lines of an order', () => {
  it('are added up for each product', () => {
    expect(merged([line(1, 2), line(2, 1), line(1, 3)])).toEqual([line(1, 5), line(2, 1)]);
  });

  it('are compared by product, however its units are divided into lines', () => {
    expect([...differences([line(1, 2), line(1, 1), line(2, 1)], [line(1, 3), line(3, 4)])]).toEqual([
      [2, -1],
      [3, 4],
    ]);
  });

  it('apply only the changes to what was read', () => {
    const read = [line(1, 1), line(2, 2), line(3, 3)];
    const present = [line(1, 9), line(2, 2), line(3, 3), line(4, 4)];
    const wanted = [line(1, 1), line(2, 5), line(5, 1)]; // 2 raised, 3 removed, 5 added
    expect(rebased(wanted, read, present)).toEqual([line(1, 9), line(2, 5), line(4, 4), line(5, 1)]);
  });

  it('restock units from the newest line first', () => {
    const lines = [
      { ...line(1, 2), id: 7, unit_price: '10.00' },
      { ...line(1, 3), id: 9, unit_price: '12.00' },
    ];
    expect(taken(lines, 4).map(({ id, quantity }) => [id, quantity])).toEqual([
      [9, 0],
      [7, 1],
    ]);
  });
});
