/** Head of the table that README shows in part. */
export const HEADING = `
| app ÷ baseline | per second | per CPU second of the app | of app and PostgreSQL | app: per second | p50 ms | p99 ms | CPU %: app | PostgreSQL |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`;

/**
 * The row of a scenario: medians of the ratios of app to baseline (for requests per second with the least and the
 * greatest), and medians of the app's own figures. Each ratio is of two consecutive rounds.
 */
export function rowOf(title, rounds) {
  const ratio = (figure) => spread(rounds.map(({ baseline, app }) => app[figure] / baseline[figure]));
  const own = (figure, digits) => spread(rounds.map(({ app }) => app[figure])).median.toFixed(digits);
  const { median, least, most } = ratio('perSecond');
  const cells = [
    title,
    `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`,
    ...['perServerCpuSecond', 'perCpuSecond'].map((figure) => ratio(figure).median.toFixed(2)),
    own('perSecond', 0),
    ...['p50', 'p99'].map((figure) => own(figure, 1)),
    ...['serverCpu', 'databaseCpu'].map((figure) => own(figure, 0)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}
