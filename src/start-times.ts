/** When each part of the start was done, in milliseconds since the process began. */
const parts: { name: string; doneAt: number }[] = [];

/** Records that a part of the start is done; its time counts from the part before. */
export function startedPart(name: string): void {
  parts.push({ name, doneAt: performance.now() });
}

/** The duration of the start and of its parts: `0.62 s (node 0.05, …)`. */
export function startTimes(): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const each = parts.map(
    ({ name, doneAt }, index) => `${name} ${seconds(doneAt - (parts[index - 1]?.doneAt ?? 0))}`,
  );
  return `${seconds(parts.at(-1)?.doneAt ?? 0)} s (${each.join(', ')})`;
}
