/** Rows for `it.each` that begin with a short title, so that a long value does not become the test's name. */
export function titled<Row extends readonly unknown[]>(rows: readonly Row[]): [title: string, ...Row][] {
  return rows.map((row) => [row.map((value) => shortened(value)).join(' '), ...row]);
}

function shortened(value: unknown): string {
  return typeof value === 'string' && /^[\w.]{1,30}$/.test(value)
    ? value
    : `${JSON.stringify(value)}`.slice(0, 40);
}
