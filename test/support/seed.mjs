import { randomInt } from 'node:crypto';

/** Of the random numbers of a run, and of a second run of what failed in it: the same in CI (see `random.ts`). */
process.env.SEED ??= process.env.CI ? '1' : String(randomInt(2 ** 31));
