const WIDTH = 760;
const ROW = 40;
const TOP = 94;
const LEFT = 120;
const RIGHT = 70;
const SERIES = [
  { figure: 'perSecond', name: 'requests per second', colour: '#0072b2', shift: -7 },
  { figure: 'perCpuSecond', name: 'requests per second of server CPU', colour: '#d55e00', shift: 7 },
];

/** An SVG of the ratios to the floor: medians as dots, the rounds' spread as lines, on a scale of doublings. */
export function chart(results, subtitle) {
  const ratios = results.flatMap(({ ratio }) => SERIES.map(({ figure }) => ratio[figure])).filter(isKnown);
  const from = Math.floor(Math.log2(Math.min(0.5, ...ratios.map(({ min }) => min))));
  const to = Math.ceil(Math.log2(Math.max(2, ...ratios.map(({ max }) => max))));
  const x = (value) => LEFT + ((Math.log2(value) - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + results.length * ROW;

  const ticks = Array.from({ length: to - from + 1 }, (_, index) => 2 ** (from + index));
  const grid = ticks.map(
    (
      tick,
    ) => `<line x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${bottom}" class="${tick === 1 ? 'floor' : 'grid'}"/>
      <text x="${x(tick)}" y="${bottom + 18}" class="tick">${tick === 1 ? 'floor' : `× ${tick}`}</text>`,
  );
  const rows = results.map(({ title, ratio }, index) => {
    const y = TOP + (index + 0.5) * ROW;
    const dots = SERIES.filter(({ figure }) => isKnown(ratio[figure])).map(({ figure, colour, shift }) => {
      const { median, min, max } = ratio[figure];
      return `<g stroke="${colour}" fill="${colour}">
        <line x1="${x(min)}" x2="${x(max)}" y1="${y + shift}" y2="${y + shift}" stroke-width="2"/>
        <circle cx="${x(median)}" cy="${y + shift}" r="4"/></g>
        <text x="${WIDTH - RIGHT + 14}" y="${y + shift + 4}" fill="${colour}">${median.toFixed(2)}</text>`;
    });
    return `<text x="${LEFT - 14}" y="${y + 4}" class="name">${title}</text>${dots.join('\n')}`;
  });
  const legend = SERIES.map(
    ({ name, colour }, index) =>
      `<circle cx="${LEFT + index * 190}" cy="72" r="4" fill="${colour}"/><text x="${LEFT + 10 + index * 190}" y="76">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" font-family="system-ui, sans-serif" font-size="12" fill="#333">
    <style>
      .title { font-size: 15px; font-weight: 600 } .name { text-anchor: end } .tick { text-anchor: middle; fill: #666 }
      .grid { stroke: #e4e4e4 } .floor { stroke: #333; stroke-width: 1.5 }
    </style>
    <rect width="100%" height="100%" fill="#fff"/>
    <text x="${LEFT}" y="28" class="title">Comptoir beside a hand-written server: right of the line is faster</text>
    <text x="${LEFT}" y="48" fill="#666">${subtitle}</text>
    ${[...legend, ...grid, ...rows].join('\n')}
  </svg>\n`;
}

function isKnown({ median }) {
  return !Number.isNaN(median);
}
