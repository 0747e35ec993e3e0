import type { ReactNode } from 'react';

export interface Column<Row> {
  name: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** What `ordering` calls it; left out, the list cannot be sorted by it. */
  ordering?: string;
  isNumber?: boolean;
  /** Not shown until somebody chooses it. */
  isExtra?: boolean;
}

interface FilterOption {
  value: string;
  label: string;
}

export interface Filter {
  /** As the API's query calls it. */
  name: string;
  label: string;
  kind: 'text' | 'number' | 'choice' | 'day' | 'day-end' | 'category';
  options?: FilterOption[];
}

/** The rows that a bulk action is for: the chosen ones, or all that the filter finds at the preview. */
export type Selection = { ids: number[] } | { filter: string };
