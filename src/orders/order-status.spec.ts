import { canBecome, ORDER_STATUSES } from './order-status.js';

const STEPS = ['pending paid', 'pending cancelled', 'paid shipped', 'paid cancelled', 'shipped delivered'];

const PAIRS = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

it.each(PAIRS)('an order that is %s becomes %s or not', (from, to) => {
  expect(canBecome(from, to)).toBe(STEPS.includes(`${from} ${to}`));
});
