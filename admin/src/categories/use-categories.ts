import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Category, Page } from '../api/types';

/** All categories, which the API lists on one page. */
export function useCategories(): Category[] {
  const { data } = useQuery({
    queryKey: ['/categories'],
    queryFn: ({ signal }) => get<Page<Category>>('/categories', signal),
  });
  return data?.results ?? [];
}
