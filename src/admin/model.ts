import type { ColumnType, ModelTable } from './models.js';

export interface Column {
  name: string;
  type: ColumnType;
  enum?: string[];
  /** The model that the column references. */
  reference?: string;
  nullable: boolean;
  sortable: boolean;
  filterable: boolean;
  /** Query parameters of the list that filter by this column. */
  filters: string[];
  writable: boolean;
  /** Shown in a single row and in exports, not in lists. */
  isDetail: boolean;
  /** An expression on a row `t`. */
  sql: string;
  sqlType: string;
}

export type Key = Pick<Column, 'name' | 'sql' | 'sqlType'>;

export interface Model extends Pick<ModelTable, 'label' | 'ordering'> {
  name: string;
  columns: Column[];
  primary: Key[];
  orderings: string[];
  isSearchable: boolean;
  /** Whether deleted rows are listed only with `deleted=only`. */
  hidesDeleted: boolean;
  switches: NonNullable<ModelTable['switches']>;
  actions: string[];
}
