/** Number of repetitions in a test: `usual` in `npm test`, `long` in `npm run test:long`. */
export function times(usual: number, long: number): number {
  return process.env.TEST_LONG ? long : usual;
}

/** `describe`, for long tests: skipped except in `npm run test:long`. */
export const describeLong = process.env.TEST_LONG ? describe : describe.skip;
