import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client';

/** A record that was read, and its `ETag` for changes. */
export interface Loaded<Row> {
  body: Row;
  etag: string | undefined;
}

export function recordKey(path: string): string[] {
  return ['record', path];
}

/** Read whenever its screen opens, but not again while a user edits it. */
export function useRecord<Row>(path: string, read = readRecord<Row>) {
  return useQuery({
    queryKey: recordKey(path),
    queryFn: () => read(path),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

function readRecord<Row>(path: string): Promise<Loaded<Row>> {
  return request<Row>(path);
}
