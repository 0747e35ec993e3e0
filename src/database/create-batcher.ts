import { type Database, databaseFault, isLockTimeout, type Query } from './database.js';

interface Batch<Call, Result> {
  calls: Call[];
  keys: Set<unknown>;
  results: Promise<Answers<Result>>;
}

/** The result of each call, in their order. The result of a call that still waits for a lock is a promise. */
type Answers<Result> = (Result | Promise<Result>)[];

interface BatcherOptions<Call> {
  /** Calls with the same key are never in one batch. */
  distinctBy?: (call: Call) => unknown;
  /** Most calls in one batch. */
  size?: number;
}

/**
 * Makes a function whose calls in one tick of the event loop share one statement (as in DataLoader). The statement is
 * sent after the last of the calls, so each call sees everything that was committed before it. A busy process sends fewer
 * statements, and needs fewer commits and socket writes.
 *
 * An error that one call causes (a constraint, a range, a lock that is not free) must not fail the others: each call is
 * then run alone.
 *
 * @param run returns the result of each call, in their order; any other error rejects all of them
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

/** How long after a lock timeout `findBlocked` runs before every batch. */
const CONTENDED_MS = 1_000;

/**
 * `createBatcher` for a statement that locks rows which other transactions lock as well. Calls that wait for one locked
 * row must not delay calls that need other rows. When a batch runs into the short `lock_timeout` of the connection, and
 * for a second after that, `findBlocked` finds the calls that would wait. They wait in one queue for each row, on the few
 * connections for waiting (`queryInQueue`); the others run together at once.
 *
 * @param run sends one statement with the given `query`
 * @param findBlocked returns for each call the key of the row that it would wait for, or undefined
 */
export function createLockingBatcher<Call, Result>(
  database: Pick<Database, 'query' | 'queryBriefly' | 'queryInQueue'>,
  run: (calls: Call[], query: Query) => Promise<Result[]>,
  findBlocked: (calls: Call[]) => Promise<unknown[]>,
  options: BatcherOptions<Call> = {},
): (call: Call) => Promise<Result> {
  const briefly: Query = (sql, parameters) => database.queryBriefly(sql, parameters);
  const queues = new Map<unknown, (call: Call) => Promise<Result>>();
  let contendedUntil = 0;

  const queueFor = (blocker: unknown) => {
    let queue = queues.get(blocker);
    if (!queue) {
      const inQueue: Query = (sql, parameters) => database.queryInQueue(blocker, sql, parameters);
      queue = createBatcher((calls) => run(calls, inQueue), options);
      queues.set(blocker, queue);
    }
    return queue;
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
      const isFirstTimeout = isLockTimeout(error) && performance.now() >= contendedUntil;
      if (isLockTimeout(error)) contendedUntil = performance.now() + CONTENDED_MS;
      return isFirstTimeout ? runUnblocked(calls) : calls.map(runAlone);
    }
  };

  const runUnblocked = async (calls: Call[]): Promise<Answers<Result>> => {
    const blockers = await findBlocked(calls);
    const waiting = calls.map((call, index) =>
      blockers[index] === undefined ? undefined : queueFor(blockers[index])(call),
    );
    // A rejection before the others are done is not unhandled: its caller gets it after them.
    for (const answer of waiting) answer?.catch(() => {});
    const free = calls.filter((_, index) => waiting[index] === undefined);
    const answers = free.length > 0 ? await runTogether(free) : [];
    return waiting.map((answer) => answer ?? answers.shift()!);
  };

  return createBatcher(async (calls) => {
    if (performance.now() < contendedUntil) return runUnblocked(calls);
    queues.clear();
    return runTogether(calls);
  }, options);
}
