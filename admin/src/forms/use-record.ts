import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client';

/** A record as it was read, and what `If-Match` says when it is changed. */
export interface Loaded<Row> {
  body: Row;
  etag: string | undefined;
}

export function recordKey(path: string): string[] {
  return ['record', path];
}

/** Read anew whenever its screen opens; never under the hands of somebody who works on it. */
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
