import { type Database, databaseFault, isLockTimeout, type Query } from './database.js';

interface Batch<Call, Result> {
  calls: Call[];
  keys: Set<unknown>;
  results: Promise<Answers<Result>>;
}

/** What each call is answered, in their order; one that takes longer than the others is still a promise. */
type Answers<Result> = (Result | Promise<Result>)[];

interface BatcherOptions<Call> {
  /** Calls that have this in common are never in one batch. */
  distinctBy?: (call: Call) => unknown;
  /** Most calls in one batch. */
  size?: number;
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
 */
export function createBatcher<Call, Result>(
  run: (calls: Call[]) => Promise<Answers<Result>>,
  { distinctBy, size = 100 }: BatcherOptions<Call> = {},
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

/** So long after a lock was waited for in vain, calls are looked at before they are run together. */
const CONTENDED_MS = 1_000;

/**
 * `createBatcher` for a statement that locks rows which others need too. Calls that wait for one held row must not hold
 * those that need other rows: when the batch has not got its locks in the short `lock_timeout` of a connection, and for
 * a second after that, the calls that would wait are told apart first. They wait in a line for each row, on connections
 * that are there for waiting (`queryPatiently`), while the others are run together at once.
 *
 * @param run sends one statement by the `query` that it is given
 * @param findBlocked for each call what it would have to wait for, or undefined
 */
export function createLockingBatcher<Call, Result>(
  database: Pick<Database, 'query' | 'queryBriefly' | 'queryPatiently'>,
  run: (calls: Call[], query: Query) => Promise<Result[]>,
  findBlocked: (calls: Call[]) => Promise<unknown[]>,
  options: BatcherOptions<Call> = {},
): (call: Call) => Promise<Result> {
  const briefly: Query = (sql, parameters) => database.queryBriefly(sql, parameters);
  const lines = new Map<unknown, (call: Call) => Promise<Result>>();
  let contendedUntil = 0;

  const lineFor = (blocker: unknown) => {
    let line = lines.get(blocker);
    if (!line) {
      const patiently: Query = (sql, parameters) => database.queryPatiently(blocker, sql, parameters);
      line = createBatcher((calls) => run(calls, patiently), options);
      lines.set(blocker, line);
    }
    return line;
  };

  const runAlone = async (call: Call) =>
    (await run([call], (sql, parameters) => database.query(sql, parameters)))[0]!;

  const runTogether = async (calls: Call[]): Promise<Answers<Result>> => {
    try {
      return await run(calls, briefly);
    } catch (error) {
      if (!isOfOneCall(error) || (calls.length === 1 && !isLockTimeout(error))) {
        return calls.map(() => Promise.reject(error));
      }
      const isNews = isLockTimeout(error) && performance.now() >= contendedUntil;
      if (isLockTimeout(error)) contendedUntil = performance.now() + CONTENDED_MS;
      return isNews ? runUnblocked(calls) : calls.map(runAlone);
    }
  };

  const runUnblocked = async (calls: Call[]): Promise<Answers<Result>> => {
    const blockers = await findBlocked(calls);
    const waiting = calls.map((call, index) =>
      blockers[index] === undefined ? undefined : lineFor(blockers[index])(call),
    );
    // One that breaks before the others are done is not unhandled: its caller gets it after them.
    for (const answer of waiting) answer?.catch(() => {});
    const free = calls.filter((_, index) => waiting[index] === undefined);
    const answers = free.length > 0 ? await runTogether(free) : [];
    return waiting.map((answer) => answer ?? answers.shift()!);
  };

  return createBatcher(async (calls) => {
    if (performance.now() < contendedUntil) return runUnblocked(calls);
    lines.clear();
    return runTogether(calls);
  }, options);
}
