import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Model } from '../api/types';

export function useModels() {
  return useQuery({
    queryKey: ['/admin/models'],
    queryFn: ({ signal }) => get<Model[]>('/admin/models', signal),
    staleTime: Infinity,
  });
}
