import { databaseFault } from './database.js';

interface Batch<Call, Result> {
  calls: Call[];
  keys: Set<unknown>;
  results: Promise<Result[]>;
}

/**
 * A function whose calls of one tick of the event loop share one statement. The statement goes out after all of
 * them came in, so each sees whatever was written before it. A busy process sends a fraction of the statements,
 * and pays for a fraction of the commits and of the writes to sockets.
 *
 * What one call breaks (a constraint, a range, a lock that is not to be had) must not break the others': each is then
 * run alone.
 *
 * @param run answers each call, in their order; what else it throws goes to all of them
 * @param options.distinctBy calls that have this in common are never in one batch
 * @param options.size most calls in one batch
 */
export function createBatcher<Call, Result>(
  run: (calls: Call[]) => Promise<Result[]>,
  { distinctBy, size = 100 }: { distinctBy?: (call: Call) => unknown; size?: number } = {},
): (call: Call) => Promise<Result> {
  let open: Batch<Call, Result> | undefined;

  const openBatch = (): Batch<Call, Result> => {
    const calls: Call[] = [];
    const results = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (open?.calls === calls) open = undefined;
      return run(calls);
    });
    return { calls, keys: new Set(), results };
  };

  return async (call) => {
    const key = distinctBy?.(call);
    if (!open || open.calls.length >= size || (distinctBy && open.keys.has(key))) open = openBatch();
    const { calls, keys, results } = open;
    const position = calls.push(call) - 1;
    if (distinctBy) keys.add(key);
    try {
      return (await results)[position]!;
    } catch (error) {
      if (calls.length === 1 || !isOfOneCall(error)) throw error;
      const [result] = await run([call]);
      return result!;
    }
  };
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation), and 55P03 (lock not available). */
function isOfOneCall(error: unknown): boolean {
  return /^(2[23]|55P03)/.test(databaseFault(error)?.sqlState ?? '');
}
