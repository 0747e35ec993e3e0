import type { ReactNode } from 'react';

export interface Column<Row> {
  name: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** Its name in `ordering`; without it, the list cannot be sorted by the column. */
  ordering?: string;
  isNumber?: boolean;
  /** Hidden until the user selects it. */
  isExtra?: boolean;
}

interface FilterOption {
  value: string;
  label: string;
}

export interface Filter {
  /** Its name in the API's query. */
  name: string;
  label: string;
  kind: 'text' | 'number' | 'choice' | 'day' | 'day-end' | 'category';
  options?: FilterOption[];
}

/** The rows of a bulk action: the selected ones, or all that the filter finds at the preview. */
export type Selection = { ids: number[] } | { filter: string };
