import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure';
import { Loading, SlowNote } from './loading';

interface Props<T> {
  query: UseQueryResult<T, unknown>;
  /** A skeleton of the content's size, so that nothing moves when it arrives. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The four states of a query: loading, slow, failed, loaded. Old data stays while newer requests fail. */
export function QueryView<T>({ query, skeleton, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!skeleton) return <Loading />;
  return (
    <>
      {skeleton}
      <div role="status">
        <SlowNote />
      </div>
    </>
  );
}
