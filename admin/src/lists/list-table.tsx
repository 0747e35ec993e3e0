import { useI18n } from '../i18n/translate';
import { Icon } from '../ui/icon';
import type { ListState } from './list-state';
import type { Column } from './list-types';

type Ids = ReadonlySet<number | string>;

interface ListTableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  nameOf: (row: Row) => string;
  state: ListState;
  isLoading: boolean;
  isStale: boolean;
  chosen?: { ids: Ids; isAll: boolean; set: (ids: Ids) => void; clear: () => void };
}

/** A narrow screen shows each row as a card; the roles keep it a table for screen readers. */
export function ListTable<Row extends { id: number | string }>(props: ListTableProps<Row>) {
  const { t } = useI18n();
  const { columns, rows, chosen, state, nameOf } = props;
  const isPageChosen = rows.length > 0 && rows.every(({ id }) => chosen?.ids.has(id) || chosen?.isAll);

  const choose = (ids: (number | string)[], isChosen: boolean) => {
    const next = new Set(chosen!.isAll ? rows.map(({ id }) => id) : chosen!.ids);
    if (chosen!.isAll) chosen!.clear();
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    chosen!.set(next);
  };

  if (props.isLoading) return <Skeleton columns={columns.length} />;
  if (rows.length === 0) return <Empty state={state} />;
  return (
    <div className={props.isStale ? 'table-frame table-stale' : 'table-frame'} aria-busy={props.isStale}>
      <table role="table" className="table">
        <caption className="visually-hidden">{props.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {chosen && (
              <th role="columnheader" scope="col" className="choose">
                <input
                  type="checkbox"
                  aria-label={t('list.choosePage')}
                  checked={isPageChosen}
                  onChange={(event) =>
                    choose(
                      rows.map(({ id }) => id),
                      event.target.checked,
                    )
                  }
                />
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.name} column={column} state={state} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => {
            const isChosen = Boolean(chosen && (chosen.isAll || chosen.ids.has(row.id)));
            return (
              <tr role="row" key={row.id} className={isChosen ? 'row-chosen' : undefined}>
                {chosen && (
                  <td role="cell" className="choose">
                    <input
                      type="checkbox"
                      aria-label={t('list.choose', { name: nameOf(row) })}
                      checked={isChosen}
                      onChange={(event) => choose([row.id], event.target.checked)}
                    />
                  </td>
                )}
                {columns.map(({ name, label, cell, isNumber }) => (
                  <td role="cell" key={name} data-label={label} className={isNumber ? 'number' : undefined}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Heading<Row>({ column, state }: { column: Column<Row>; state: ListState }) {
  const { label, ordering, isNumber } = column;
  const className = isNumber ? 'number' : undefined;
  if (!ordering) {
    return (
      <th role="columnheader" scope="col" className={className}>
        {label}
      </th>
    );
  }
  const direction = { [ordering]: 'ascending', [`-${ordering}`]: 'descending' }[state.ordering];
  const next = direction === 'ascending' ? `-${ordering}` : ordering;
  return (
    <th
      role="columnheader"
      scope="col"
      className={className}
      aria-sort={direction as 'ascending' | 'descending' | undefined}
    >
      <button type="button" className="sort" onClick={() => state.set({ ordering: next })}>
        {label}
        {direction && <Icon name={direction === 'ascending' ? 'sortUp' : 'sortDown'} />}
      </button>
    </th>
  );
}

function Empty({ state }: { state: ListState }) {
  const { t } = useI18n();
  const isNarrowed = Object.keys(state.filters).length > 0;
  return (
    <div className="empty">
      <Icon name="search" />
      <p>{isNarrowed ? t('list.nothingFound') : t('list.empty')}</p>
      {isNarrowed && (
        <button type="button" className="button button-plain" onClick={() => state.replaceAll('')}>
          {t('list.resetFilters')}
        </button>
      )}
    </div>
  );
}

function Skeleton({ columns }: { columns: number }) {
  const { t } = useI18n();
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: 8 }, (_, row) => (
        <div key={row} className="skeleton-row" aria-hidden="true">
          {Array.from({ length: columns }, (__, column) => (
            <span key={column} />
          ))}
        </div>
      ))}
    </div>
  );
}
