import { measureRefusals, REFUSING } from './refusing-server.js';

const RATES = [5_000, 10_000, 15_000];

/**
 * The cost of a refusal. A process that refuses 12,000 requests a second has the rest of its core for the requests that it
 * accepts, which bounds its goodput at ten times the knee; `overload.load.ts` prints that bound.
 */
it.each(Object.keys(REFUSING) as (keyof typeof REFUSING)[])('What a refusal costs: %s', async (who) => {
  const costs = await measureRefusals(who, RATES);
  const rounded = costs.map((cost) =>
    Object.fromEntries(Object.entries(cost).map(([name, value]) => [name, Math.round(value)])),
  );
  console.table(rounded);
  for (const { offered, refused } of costs) expect(refused).toBeGreaterThan(0.8 * offered);
});
