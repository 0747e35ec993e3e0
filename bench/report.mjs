const FIGURES = ['perSecond', 'p50', 'p99', 'serverCpu', 'databaseCpu', 'loadCpu'];
const RATIOS = ['perSecond', 'perServerCpuSecond', 'perCpuSecond'];
const WIDTHS = [14, 8, 7, 7, 7, 7, 10, 5, 16, 16, 16];

export const HEADING = [
  [
    'scenario',
    '',
    'per s',
    'p50 ms',
    'p99 ms',
    'CPU %:',
    'PostgreSQL',
    'load',
    'app ÷ baseline',
    'per CPU s',
    'per CPU s of app',
  ],
  ['', '', '', '', '', 'server', '', '', 'per s', 'of the app', 'and PostgreSQL'],
]
  .map(line)
  .join('\n');

/**
 * The two rows of a scenario: medians of the rounds, and the ratios (least–most) of app to baseline, each between two
 * rounds that ran one after the other.
 */
export function rowsOf(title, rounds) {
  const medians = (server) =>
    FIGURES.map((figure) => spread(rounds.map((round) => round[server][figure])).median).map(
      (value, column) => (column === 0 || column > 2 ? value.toFixed(0) : value.toFixed(1)),
    );
  const ratios = RATIOS.map((figure) =>
    spread(rounds.map(({ baseline, app }) => app[figure] / baseline[figure])),
  ).map(({ median, min, max }) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`);
  return [
    line([title, 'baseline', ...medians('baseline')]),
    line(['', 'app', ...medians('app'), ...ratios]),
  ].join('\n');
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

function line(cells) {
  return cells
    .map((cell, column) => (column < 2 ? cell.padEnd(WIDTHS[column]) : cell.padStart(WIDTHS[column])))
    .join(' ')
    .trimEnd();
}
