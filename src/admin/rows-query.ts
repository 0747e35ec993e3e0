import { invalidField } from '../http/problem.js';
import type { Column, Model } from './model.js';

/** A condition of a list; `sql` has a `?` in the place of `value`. */
interface Filter {
  sql: string;
  value?: unknown;
}

/** The parsed and checked query of a list. */
export interface RowsQuery {
  filters: Filter[];
  search?: string;
  /** Whether to list deleted rows in place of the others. */
  deleted: boolean;
  ordering: string;
}

const PAGING = ['page', 'page_size', 'cursor', 'dialect'];
const MOST_IDS = 1_000;
const INTEGER = /^-?\d{1,15}$/;
const MONEY = /^-?\d{1,20}(\.\d{1,2})?$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Parses the query of a list. Unknown parameters are refused: if they were ignored, an unfiltered list could be taken for
 * a filtered one.
 *
 * @throws Problem 400 naming the parameter
 */
export function readRowsQuery(model: Model, query: Record<string, string>): RowsQuery {
  const { search, ordering = model.ordering, deleted, ids, ...others } = query;
  if (!model.orderings.includes(ordering)) {
    throw invalidField('ordering', `ordering must be one of ${model.orderings.join(', ')}`);
  }
  if (search !== undefined && !model.isSearchable) throw invalidField('search', 'This list has no search');
  if (search !== undefined && search.length > 200) throw invalidField('search', 'search is too long');
  if (deleted !== undefined && !(deleted === 'only' && model.hidesDeleted)) {
    throw invalidField(
      'deleted',
      model.hidesDeleted ? 'deleted must be "only"' : 'This list shows deleted rows',
    );
  }
  const filters = Object.entries(others)
    .filter(([name]) => !PAGING.includes(name))
    .map(([name, value]) => filterOf(model, name, value));
  if (ids !== undefined) filters.push(idFilter(model, ids));
  return { filters, search: search?.trim() || undefined, deleted: deleted === 'only', ordering };
}

function filterOf(model: Model, name: string, value: string): Filter {
  const alternatives = model.switches[name];
  if (alternatives) return { sql: alternatives[isTrue(name, value) ? 'true' : 'false'] };
  const column = model.columns.find((one) => one.filterable && one.filters.includes(name));
  if (!column) {
    const known = [...model.columns.flatMap(({ filters }) => filters), ...Object.keys(model.switches)];
    throw invalidField(name, `${name} is no filter of this list; it has ${known.join(', ') || 'none'}`);
  }
  const typed = checked(column, name, value);
  if (name === column.name) return { sql: `${column.sql} = ?::${column.sqlType}`, value: typed };
  const comparison = /_(after|min)$/.test(name) ? '>=' : '<=';
  return { sql: `${column.sql} ${comparison} ?::${column.sqlType}`, value: typed };
}

function idFilter(model: Model, ids: string): Filter {
  const list = ids.split(',');
  const isInteger = model.primary.length === 1 && model.primary[0]!.sqlType === 'bigint';
  if (!isInteger || list.length > MOST_IDS || !list.every((id) => INTEGER.test(id))) {
    throw invalidField('ids', `ids must be at most ${MOST_IDS} ids, separated by commas`);
  }
  return { sql: `${model.primary[0]!.sql} = ANY(?::bigint[])`, value: list };
}

/** @throws Problem 400 naming the parameter */
function checked({ type, enum: values, sqlType }: Column, name: string, value: string): unknown {
  if (type === 'boolean') return isTrue(name, value);
  if (type === 'enum' && !values!.includes(value))
    throw invalidField(name, `${name} must be one of ${values!.join(', ')}`);
  if ((type === 'integer' || type === 'reference') && !INTEGER.test(value))
    throw invalidField(name, `${name} must be a whole number`);
  if (type === 'money' && !MONEY.test(value))
    throw invalidField(name, `${name} must be an amount such as 24.50`);
  if (type === 'timestamp' && (!TIME.test(value) || Number.isNaN(Date.parse(value))))
    throw invalidField(name, `${name} must be a time such as 2026-11-28T09:30:00.000Z`);
  if (sqlType === 'uuid' && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value))
    throw invalidField(name, `${name} must be a UUID`);
  return value;
}

function isTrue(name: string, value: string): boolean {
  if (['true', '1'].includes(value)) return true;
  if (['false', '0'].includes(value)) return false;
  throw invalidField(name, `${name} must be true or false`);
}
