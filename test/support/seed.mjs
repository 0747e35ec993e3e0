import { randomInt } from 'node:crypto';

/** Seed of the random numbers of a run and of its second run of failed files; fixed in CI (see `random.ts`). */
process.env.SEED ??= process.env.CI ? '1' : String(randomInt(2 ** 31));
