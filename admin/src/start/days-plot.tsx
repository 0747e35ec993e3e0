import { useI18n } from '../i18n/translate';

export interface Day {
  day: string;
  orders: number;
  revenue: string;
}

const WIDTH = 720;
const HEIGHT = 180;
const FOOT = 30;
const GAP = 3;

/** Revenue by day as bars; the same figures are in a table, for screen readers and on request. */
export function DaysPlot({ days }: { days: Day[] }) {
  const { t, day: dayText, money, number } = useI18n();
  const most = Math.max(...days.map(({ revenue }) => Number(revenue)));
  const isEmpty = days.every(({ orders }) => orders === 0);
  const step = WIDTH / Math.max(days.length, 1);
  const heightOf = (revenue: string) => (most && Number(revenue) / most) * (HEIGHT - FOOT - 8);
  const everyth = Math.ceil(days.length / 6);
  return (
    <section className="card" aria-labelledby="days-plot">
      <h2 id="days-plot">{t('start.days', { count: days.length })}</h2>
      {isEmpty && <p className="hint">{t('start.noOrders')}</p>}
      {!isEmpty && <p className="plot-most hint">{t('start.most', { total: money(String(most)) })}</p>}
      <svg className="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <line x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} className="plot-axis" />
        {days.map(({ day, orders, revenue }, index) => {
          const height = Math.max(heightOf(revenue), orders > 0 ? 2 : 0);
          return (
            <g key={day}>
              <rect x={index * step} y={0} width={step} height={HEIGHT - FOOT} className="plot-hit">
                <title>{t('start.day', { day: dayText(day), count: orders, total: money(revenue) })}</title>
              </rect>
              <rect
                x={index * step + GAP / 2}
                y={HEIGHT - FOOT - height}
                width={Math.max(step - GAP, 1)}
                height={height}
                rx="2"
                className="plot-bar"
              />
              {index % everyth === 0 && (
                <text x={index * step} y={HEIGHT - 8} className="plot-label">
                  {dayText(day)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <details className="plot-table">
        <summary>{t('start.asTable')}</summary>
        <table className="table">
          <caption className="visually-hidden">{t('start.days', { count: days.length })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('start.dayColumn')}</th>
              <th scope="col" className="number">
                {t('nav.orders')}
              </th>
              <th scope="col" className="number">
                {t('start.revenue')}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, orders, revenue }) => (
              <tr key={day}>
                <td>{dayText(day)}</td>
                <td className="number">{number(orders)}</td>
                <td className="number">{money(revenue)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
