/** Seed of this run. It is printed, fixed in CI, and set by `SEED=… npm test` (see `global-setup.mjs`). */
export const SEED = Number(process.env.SEED);

/** A pseudo-random number generator with a seed, for numbers from 0 to 1 (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
