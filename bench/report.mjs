/** Median, least and most of a figure over the rounds. */
function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

const FIGURES = ['perSecond', 'perCpuSecond', 'p50', 'p99', 'cpuShare', 'driverShare', 'residentMb'];

/** What the rounds of a workload come to. */
export function summarize(rounds) {
  const figuresOf = (server) =>
    Object.fromEntries(
      FIGURES.map((figure) => [figure, summary(rounds.map((round) => round[server][figure])).median]),
    );
  const ratio = (figure) => summary(rounds.map(({ floor, app }) => app[figure] / floor[figure]));
  return {
    floor: figuresOf('floor'),
    app: figuresOf('app'),
    ratio: { perSecond: ratio('perSecond'), perCpuSecond: ratio('perCpuSecond') },
  };
}

const COLUMNS = [
  ['workload', ({ title }) => title],
  ['floor/s', ({ floor }) => count(floor.perSecond)],
  ['app/s', ({ app }) => count(app.perSecond)],
  ['p50 ms', ({ app }) => milliseconds(app.p50)],
  ['p99 ms', ({ app }) => milliseconds(app.p99)],
  ['floor/CPU s', ({ floor }) => count(floor.perCpuSecond)],
  ['app/CPU s', ({ app }) => count(app.perCpuSecond)],
  ['MB', ({ app }) => count(app.residentMb)],
  ['CPU %', ({ app }) => count(app.cpuShare * 100)],
  ['load %', ({ app }) => count(app.driverShare * 100)],
  ['ratio', ({ ratio }) => spread(ratio.perSecond)],
  ['ratio per CPU', ({ ratio }) => spread(ratio.perCpuSecond)],
];

/** A table of the results for a terminal. */
export function table(results) {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...results.map((result) => COLUMNS.map(([, cell]) => cell(result))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))),
    )
    .map((line) => line.join('  '))
    .join('\n');
}

function count(value) {
  return Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en');
}

function milliseconds(value) {
  return value >= 100 ? count(value) : value.toFixed(1);
}

function spread({ median, min, max }) {
  return Number.isNaN(median) ? '–' : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}
