/** Since the process began, in milliseconds, when each part of the start was done. */
const parts: { name: string; doneAt: number }[] = [];

/** The part of the start of that name is done: whatever took time since the one before. */
export function startedPart(name: string): void {
  parts.push({ name, doneAt: performance.now() });
}

/** What the start took, and which part of it how long: `0.62 s (node 0.05, …)`. */
export function startTimes(): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const each = parts.map(
    ({ name, doneAt }, index) => `${name} ${seconds(doneAt - (parts[index - 1]?.doneAt ?? 0))}`,
  );
  return `${seconds(parts.at(-1)?.doneAt ?? 0)} s (${each.join(', ')})`;
}
