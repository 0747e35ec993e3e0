import { canBecome, ORDER_STATUSES } from './order-status.js';

const STEPS = ['pending paid', 'pending cancelled', 'paid shipped', 'paid cancelled', 'shipped delivered'];

const PAIRS = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

it.each(PAIRS)('a transition from %s to %s is allowed as in the table', (from, to) => {
  expect(canBecome(from, to)).toBe(STEPS.includes(`${from} ${to}`));
});
