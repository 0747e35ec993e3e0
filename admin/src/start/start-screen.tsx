import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../api/client';
import { type MessageKey, useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Icon, type IconName } from '../ui/icon';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem-text';
import { type Day, DaysPlot } from './days-plot';

interface Figure {
  count: number;
  count_exact: boolean;
  /** Query of the list behind it. */
  query: string;
}

type FigureName = 'to_ship' | 'low_stock' | 'expiring_orders' | 'failed_jobs' | 'failed_mails';

type Overview = Record<FigureName, Figure> & { days: Day[] };

const FIGURES: { name: FigureName; list: string; label: MessageKey; icon: IconName; isBad?: boolean }[] = [
  { name: 'to_ship', list: '/orders', label: 'start.to_ship', icon: 'truck' },
  { name: 'expiring_orders', list: '/orders', label: 'start.expiring_orders', icon: 'record' },
  { name: 'low_stock', list: '/products', label: 'start.low_stock', icon: 'box' },
  { name: 'failed_mails', list: '/models/mails', label: 'start.failed_mails', icon: 'mail', isBad: true },
  { name: 'failed_jobs', list: '/models/jobs', label: 'start.failed_jobs', icon: 'warning', isBad: true },
];

/** Pending work, each figure with a link to its list. */
export default function StartScreen() {
  const i18n = useI18n();
  const { t, number } = i18n;
  const { data, error } = useQuery({
    queryKey: ['/admin/overview'],
    queryFn: ({ signal }) => get<Overview>('/admin/overview', signal),
    refetchInterval: 60_000,
  });
  return (
    <Screen title={t('nav.start')}>
      {error && <Notice kind="error">{problemText(error, i18n)}</Notice>}
      <ul className="figures">
        {FIGURES.map(({ name, list, label, icon, isBad }) => {
          const figure = data?.[name];
          const isAlarming = isBad && figure && figure.count > 0;
          return (
            <li key={name}>
              <Link
                className={isAlarming ? 'card figure-tile figure-bad' : 'card figure-tile'}
                to={`${list}?${figure?.query ?? ''}`}
              >
                <span className="figure-label">
                  <Icon name={icon} />
                  {t(label)}
                </span>
                <strong className="figure-count">
                  {figure ? number(figure.count) + (figure.count_exact ? '' : '+') : '…'}
                </strong>
              </Link>
            </li>
          );
        })}
      </ul>
      {data && <DaysPlot days={data.days} />}
    </Screen>
  );
}
