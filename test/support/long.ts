/** How often a test repeats itself in `npm test`, where it shows a fault, and in `npm run test:long`. */
export function times(usual: number, long: number): number {
  return process.env.TEST_LONG ? long : usual;
}

/** `describe`, for what takes long: in `npm run test:long` alone. */
export const describeLong = process.env.TEST_LONG ? describe : describe.skip;
