import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { get } from '../api/client';
import type { Page } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { ColumnsMenu } from './columns-menu';
import { ExportButton } from './export-csv';
import { FilterBar } from './filter-bar';
import { useListState } from './list-state';
import { ListTable } from './list-table';
import type { Column, Filter, Selection } from './list-types';
import { countText, Pagination } from './pagination';
import { useRemembered } from './remembered';
import { ViewsMenu } from './views-menu';

interface ListScreenProps<Row> {
  /** The name under which its columns and views are stored. */
  name: string;
  title: string;
  /** The API's path of the list. */
  path: string;
  /** The address of the same rows as CSV, if there is one. */
  csvPath?: string;
  columns: Column<Row>[];
  filters: Filter[];
  searchLabel?: string;
  hasSearch?: boolean;
  /** Above the list: tabs, for example. */
  above?: ReactNode;
  actions?: ReactNode;
  /** The name of a row for screen readers. */
  nameOf: (row: Row) => string;
  /** If given, rows can be selected. */
  bulkActions?: (selection: Selection, done: () => void) => ReactNode;
  /** Filters that the screen sets. */
  always?: Record<string, string>;
}

export function ListScreen<Row extends { id: number | string }>(props: ListScreenProps<Row>) {
  const i18n = useI18n();
  const { t } = i18n;
  const { name, title, path, columns, filters, always = {} } = props;
  const state = useListState();
  const query = new URLSearchParams({ ...Object.fromEntries(state.params), ...always }).toString();
  const list = useQuery({
    queryKey: [path, query],
    queryFn: ({ signal }) => get<Page<Row>>(`${path}?${query}`, signal),
    placeholderData: keepPreviousData,
  });

  const [shownNames, setShownNames] = useRemembered<string[] | null>(`columns.${name}`, null);
  const shown = columns.filter(({ name: each, isExtra }) => shownNames?.includes(each) ?? !isExtra);

  const [chosen, setChosen] = useState<ReadonlySet<number | string>>(new Set());
  const [isAllChosen, setAllChosen] = useState(false);
  const narrowing = JSON.stringify({ ...state.filters, ...always });
  const clear = () => {
    setChosen(new Set());
    setAllChosen(false);
  };
  useEffect(clear, [narrowing]); // selected rows may no longer be in the list

  const rows = list.data?.results ?? [];
  const count = list.data?.count ?? 0;
  const total = list.data ? countText(list.data, i18n) : '';
  const selection: Selection = isAllChosen
    ? { filter: new URLSearchParams({ ...state.filters, ...always }).toString() }
    : { ids: [...chosen].map(Number) };

  return (
    <Screen
      title={title}
      actions={
        <>
          {props.csvPath && (
            <ExportButton
              path={props.csvPath}
              name={name}
              params={new URLSearchParams({ ...state.filters, ...always, ...orderingOf(state.ordering) })}
              count={total}
            />
          )}
          {props.actions}
        </>
      }
    >
      {props.above}
      <section className="card list" aria-label={title}>
        <FilterBar
          state={state}
          filters={filters}
          searchLabel={props.searchLabel ?? t('list.search')}
          hasSearch={props.hasSearch ?? true}
          menus={
            <>
              <ViewsMenu list={name} state={state} />
              <ColumnsMenu
                columns={columns}
                shown={shown.map((each) => each.name)}
                onChange={setShownNames}
              />
            </>
          }
        />
        {(isAllChosen || chosen.size > 0) && props.bulkActions && (
          <SelectionBar
            count={isAllChosen ? undefined : chosen.size}
            total={total}
            onAll={count > chosen.size ? () => setAllChosen(true) : undefined}
            onNone={clear}
          >
            {props.bulkActions(selection, clear)}
          </SelectionBar>
        )}
        {list.isError && (
          <Notice kind="error">
            <p>{problemText(list.error, i18n)}</p>
            <Button onClick={() => list.refetch()}>{t('retry')}</Button>
          </Notice>
        )}
        {!list.isError && (
          <ListTable
            caption={title}
            columns={shown}
            rows={rows}
            nameOf={props.nameOf}
            state={state}
            isLoading={list.isPending}
            isStale={list.isPlaceholderData}
            chosen={props.bulkActions && { ids: chosen, isAll: isAllChosen, set: setChosen, clear }}
          />
        )}
        {list.data && <Pagination page={list.data} state={state} />}
      </section>
    </Screen>
  );
}

interface SelectionBarProps {
  /** Number of selected rows; undefined: all rows that the filters find. */
  count: number | undefined;
  /** The number of rows that the filters find, as text. */
  total: string;
  /** Selects all of these; undefined when there are no more. */
  onAll: (() => void) | undefined;
  onNone: () => void;
  children: ReactNode;
}

function SelectionBar({ count, total, onAll, onNone, children }: SelectionBarProps) {
  const { t } = useI18n();
  return (
    <div className="selection-bar">
      <strong role="status">
        {count === undefined ? t('list.allChosen', { total }) : t('list.chosen', { count })}
      </strong>
      {count !== undefined && onAll && (
        <Button kind="quiet" onClick={onAll}>
          {t('list.chooseAll', { total })}
        </Button>
      )}
      <Button kind="quiet" onClick={onNone}>
        {t('list.chooseNone')}
      </Button>
      <div className="actions">{children}</div>
    </div>
  );
}

function orderingOf(ordering: string): Record<string, string> {
  return ordering ? { ordering } : {};
}
