import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure';
import { Loading, SlowNote } from './loading';

interface Props<T> {
  query: UseQueryResult<T, unknown>;
  /** Of the size of what will come, so that nothing moves when it comes. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The four faces of what is asked for: on its way, slow, failed, here. Old data stays while newer fails to come. */
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
