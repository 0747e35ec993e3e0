import type { ColumnType, ModelTable } from './models.js';

export interface Column {
  name: string;
  type: ColumnType;
  enum?: string[];
  /** The model whose rows it names. */
  reference?: string;
  nullable: boolean;
  sortable: boolean;
  filterable: boolean;
  /** Parameters of a list that filter by it. */
  filters: string[];
  writable: boolean;
  /** Shown of one row only. */
  isDetail: boolean;
  /** On a row `t`. */
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
  /** Whether rows that are deleted are only listed when they are asked for. */
  hidesDeleted: boolean;
  switches: NonNullable<ModelTable['switches']>;
  actions: string[];
}
