/** Smallest of the values that are not exceeded by this share of them. */
export function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)];
}

export const median = (values) => quantile(values, 0.5);

export async function millisecondsOf(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Runs each of the named works once in every round, so that a change of the machine's speed affects all of them.
 *
 * @param {Record<string, (round: number) => Promise<any>>} works get the number of the round; 0 is a warm-up
 * @returns {Promise<Record<string, any[]>>} the results of each, without those of the warm-up
 */
export async function inTurn(rounds, works) {
  const results = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) results[name][round] = await work(round);
  }
  return Object.fromEntries(Object.entries(results).map(([name, all]) => [name, all.slice(1)]));
}

/** The ratios of a figure of consecutive rounds. */
export function ratiosOf(figure, rounds, others) {
  return rounds.map((round, index) => round[figure] / others[index][figure]);
}

/** Prints a line with figures, and whether their limit is met. If not, the benchmark ends with exit code 1. */
export function report(figures, isMet, limit) {
  if (!isMet) process.exitCode = 1;
  console.log(`  ${figures}  ${isMet ? 'met' : 'NOT MET'} (${limit})`);
}
