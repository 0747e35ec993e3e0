const FIGURES = ['perSecond', 'perCpuSecond', 'p50', 'p99', 'serverCpu', 'databaseCpu', 'loadCpu'];

/** What the rounds of a workload come to: medians, and ratios to the floor with their spread. */
export function summarize(rounds) {
  const ratio = (figure) => spread(rounds.map(({ floor, app }) => app[figure] / floor[figure]));
  return {
    floor: medians(rounds.map(({ floor }) => floor)),
    app: medians(rounds.map(({ app }) => app)),
    ratio: { perSecond: ratio('perSecond'), perCpuSecond: ratio('perCpuSecond') },
  };
}

function medians(rounds) {
  return Object.fromEntries(
    FIGURES.map((figure) => [figure, spread(rounds.map((round) => round[figure])).median]),
  );
}

/** Beyond these shares of a round the figures say little about the server. */
const MOST_WAITED = 0.1;
const MOST_LOAD_CPU = 0.9;

/** Sentences on what stood in the way of a fair measurement. */
export function warningsOn(results) {
  const rounds = results.flatMap((result) => result.rounds.flatMap(({ floor, app }) => [floor, app]));
  const waited = Math.max(...rounds.map((round) => round.waited));
  const loadCpu = Math.max(...rounds.map((round) => round.loadCpu));
  return [
    waited > MOST_WAITED &&
      `The machine was busy with other things: a server waited up to ${percent(waited)} of a round for its CPU.`,
    loadCpu > MOST_LOAD_CPU &&
      `The load took up to ${percent(loadCpu)} of a CPU, and may be what was measured.`,
  ].filter(Boolean);
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

const WIDTHS = [14, 5, 8, 8, 8, 8, 19, 19, 19];

/** The two lines above the rows: CPU is that of the server, of PostgreSQL and of the load, in percent of one. */
export const HEADING = [
  ['workload', '', 'per s', 'p50 ms', 'p99 ms', 'per', 'CPU % of server,', 'app / floor', 'app / floor'],
  ['', '', '', '', '', 'CPU s', 'database, load', 'per s', 'per CPU s'],
]
  .map(line)
  .join('\n');

/** The two rows of a workload. */
export function rowsOf({ title, floor, app, ratio }) {
  return [
    line([title, 'floor', ...cellsOf(floor)]),
    line(['', 'app', ...cellsOf(app), ratioCell(ratio.perSecond), ratioCell(ratio.perCpuSecond)]),
  ].join('\n');
}

function cellsOf({ perSecond, p50, p99, perCpuSecond, serverCpu, databaseCpu, loadCpu }) {
  const shares = [serverCpu, databaseCpu, loadCpu].map((share) => whole(share * 100).padStart(4));
  return [whole(perSecond), milliseconds(p50), milliseconds(p99), whole(perCpuSecond), shares.join('')];
}

function line(cells) {
  const [title, ...figures] = cells.map((cell, column) =>
    column < 2 ? cell.padEnd(WIDTHS[column]) : cell.padStart(WIDTHS[column]),
  );
  return [title, ...figures].join(' ').trimEnd();
}

/** @param {number} share */
export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

/** A figure without digits behind the point, or a dash for one that is not known. */
export function whole(value) {
  return Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en');
}

function milliseconds(value) {
  return value >= 100 ? whole(value) : value.toFixed(1);
}

function ratioCell({ median, min, max }) {
  return Number.isNaN(median) ? '–' : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}
