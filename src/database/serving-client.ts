import { createHash } from 'node:crypto';
import pg from 'pg';

const MAX_NAMED_STATEMENTS = 500;
/** SQLSTATE of a write to a read-only server. */
export const READ_ONLY = '25006';
/** SQLSTATE of a prepared statement whose columns got other types, by a migration or an operator; also of other errors. */
export const OUTDATED_PLAN = '0A000';
/** The function of PostgreSQL that refuses such a statement. */
const REFUSES_OUTDATED_PLANS = 'RevalidateCachedQuery';

/**
 * Begins a statement that is planned for the values of each call, because rare and frequent values need different plans.
 * For a named statement PostgreSQL may choose one generic plan after five calls.
 */
export const PLANNED_FOR_ITS_VALUES = '/* planned for its values */';

/**
 * A connection that gives each distinct parameterised statement a name, so that PostgreSQL parses and plans it once per
 * connection instead of once per call. (TypeORM never names statements; behind a pooler names are not possible.)
 *
 * The connection is closed in two cases. When an answer does not come within `query_timeout`, since later statements on it
 * would wait for that answer as well; and when it is read-only, since a session stays so after the database has changed.
 *
 * When the plan of a statement is outdated, all statements get new names, since each connection that has prepared the
 * statement would refuse it for ever.
 */
export class ServingClient extends pg.Client {
  private readonly isPooled: boolean;

  /**
   * The pool removes its error listener one microtask before TypeORM adds its own. A connection that ends in between
   * would end the process with an unhandled 'error' event; with this listener, the next query fails instead.
   */
  constructor(config?: pg.ClientConfig & { isPooled?: boolean }) {
    super(config);
    this.isPooled = config?.isPooled ?? false;
    this.on('error', () => {});
  }

  // pg.Client#query has eight overloads; all of them end in one of these two shapes.
  override query(...args: any[]): any {
    const [text, values, callback] = args;
    if (typeof text !== 'string') return this.watched(super.query.apply(this, args as never), undefined);

    const parameters = Array.isArray(values) ? values : undefined;
    const name = this.isPooled ? undefined : nameOf(text, values);
    const done = typeof values === 'function' ? values : callback;
    if (done) {
      const query = new pg.Query(text, parameters); // pg would copy each property of a config object
      return super.query(Object.assign(query, { name }) as never, (error: Error, result: pg.QueryResult) => {
        if (error) this.recoverFrom(error, name);
        done(error, result);
      });
    }
    return this.watched(super.query({ text, values: parameters, name }), name);
  }

  private watched(answer: unknown, name: string | undefined): unknown {
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: Error) => {
      this.recoverFrom(error, name);
      throw error;
    });
  }

  private recoverFrom(error: Error, name: string | undefined): void {
    const { code, routine, message } = error as pg.DatabaseError;
    const isOutdated = code === OUTDATED_PLAN && routine === REFUSES_OUTDATED_PLANS;
    if (isOutdated && name && isOfThisGeneration(name)) renameStatements();
    if (code === READ_ONLY || message === 'Query read timeout') {
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
  }
}

const names = new Map<string, string>();
let generation = 0;

function isOfThisGeneration(name: string): boolean {
  return name.startsWith(`s${generation}_`);
}

function renameStatements(): void {
  names.clear();
  generation += 1;
}

/** Statements beyond the limit stay unnamed and are planned each time, so that memory stays bounded on both sides. */
function nameOf(text: string, values: unknown): string | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const known = names.get(text);
  if (known || text.startsWith(PLANNED_FOR_ITS_VALUES) || names.size >= MAX_NAMED_STATEMENTS) return known;
  const name = `s${generation}_${createHash('sha1').update(text).digest('base64url')}`;
  names.set(text, name);
  return name;
}
