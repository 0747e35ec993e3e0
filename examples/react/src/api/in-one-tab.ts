/** Runs such work in one tab at a time. Web Locks exist on https and localhost only; elsewhere tabs do not wait. */
export async function inOneTab<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(`comptoir.${name}`, work) : work();
}
