import { createHash } from 'node:crypto';
import pg from 'pg';

const MAX_NAMED_STATEMENTS = 500;
const READ_ONLY = '25006';

/**
 * Begins a statement that is planned each time, for the values it comes with: where a rare value wants another plan
 * than a frequent one. PostgreSQL would after five calls settle for one plan that suits neither.
 */
export const PLANNED_FOR_ITS_VALUES = '/* planned for its values */';

/**
 * A connection that gives each distinct parameterised text a name, so that PostgreSQL parses and plans it
 * once per connection instead of once per call (TypeORM itself never names a statement; behind a pooler nobody
 * may), and that is dropped when an answer does not come within `query_timeout`, since what is still queued on it would
 * wait for the lost answer as well, and when it is read-only, which a session stays when its database is not any more.
 */
export class ServingClient extends pg.Client {
  private readonly isPooled: boolean;

  /**
   * Between the pool's error listener and TypeORM's there is a turn of the microtask queue without any. A connection
   * that ends just then would end the process; with this it is only not queryable any more, and says so.
   */
  constructor(config?: pg.ClientConfig & { isPooled?: boolean }) {
    super(config);
    this.isPooled = config?.isPooled ?? false;
    this.on('error', () => {});
  }

  // pg.Client#query has eight overloads; all of them end in one of these two shapes.
  override query(...args: any[]): any {
    const [text, values, callback] = args;
    if (typeof text !== 'string') return super.query.apply(this, args as never);

    const parameters = Array.isArray(values) ? values : undefined;
    const name = this.isPooled ? undefined : nameOf(text, values);
    const done = typeof values === 'function' ? values : callback;
    if (done) {
      const query = new pg.Query(text, parameters); // of a config pg would copy each property
      return super.query(Object.assign(query, { name }) as never, (error: Error, result: pg.QueryResult) => {
        if (error) this.dropWhenUseless(error);
        done(error, result);
      });
    }
    return super.query({ text, values: parameters, name }).catch((error: Error) => {
      this.dropWhenUseless(error);
      throw error;
    });
  }

  private dropWhenUseless(error: Error): void {
    const isReadOnly = (error as pg.DatabaseError).code === READ_ONLY;
    if (isReadOnly || error.message === 'Query read timeout') {
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
  }
}

const names = new Map<string, string>();

/** Texts beyond the bound stay unnamed: correct, only slower; memory on both sides stays bounded. */
function nameOf(text: string, values: unknown): string | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const known = names.get(text);
  if (known || text.startsWith(PLANNED_FOR_ITS_VALUES) || names.size >= MAX_NAMED_STATEMENTS) return known;
  const name = `s${createHash('sha1').update(text).digest('base64url')}`;
  names.set(text, name);
  return name;
}
