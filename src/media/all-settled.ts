/** Waits for all, also after one has failed, and then throws the first error. */
export async function allSettled<Result>(work: Promise<Result>[]): Promise<Result[]> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
}
