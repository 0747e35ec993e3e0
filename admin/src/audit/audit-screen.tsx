import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { request } from '../api/client';
import type { Row } from '../api/types';
import { UndoBulk } from '../bulk/undo-bulk';
import { type I18n, useI18n } from '../i18n/translate';
import { ModelList } from '../models/model-screen';
import { columnLabel, modelLabel, valueLabel } from '../models/model-texts';
import { rowAddress } from '../models/row-address';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { notify } from '../ui/toasts';

type Values = Record<string, unknown> | null;

const SHOWN = ['at', 'actor_id', 'action', 'model', 'row_id', 'before', 'after'];

/** Who changed what, before and after; an earlier value can be restored. */
export default function AuditScreen() {
  const i18n = useI18n();
  const { t, time } = i18n;
  return (
    <ModelList
      name="audit_log"
      shown={SHOWN}
      cells={{
        at: ({ at }) => <time dateTime={String(at)}>{time(String(at))}</time>,
        actor_id: ({ actor_id: actor }) =>
          actor ? (
            <Link to={`/users/${actor}`}>{t('users.number', { id: String(actor) })}</Link>
          ) : (
            t('orders.byShop')
          ),
        action: ({ action }) => valueLabel(String(action), i18n),
        model: ({ model }) => modelLabel({ name: String(model), label: String(model) }, i18n),
        row_id: ({ model, row_id: id, bulk_id: bulkId }) =>
          bulkId ? (
            <Link to={rowAddress('bulk_changes', String(bulkId))}>
              {t('audit.bulk', { id: String(bulkId) })}
            </Link>
          ) : id ? (
            <Link to={rowAddress(String(model), String(id))}>{String(id)}</Link>
          ) : (
            '–'
          ),
        before: ({ before }) => <Changes values={before as Values} />,
        after: (row) => (
          <div className="changed-by">
            <Changes values={row.after as Values} />
            {isRestorable(row) && <Restore entry={row} />}
            {row.action === 'bulk' && isOfToday(row) && <UndoBulk id={Number(row.bulk_id)} />}
          </div>
        ),
      }}
    />
  );
}

function Changes({ values }: { values: Values }) {
  const i18n = useI18n();
  if (!values) return '–';
  return (
    <dl className="changes">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{columnLabel(name, i18n)}</dt>
          <dd>{shownValue(name, value, i18n)}</dd>
        </div>
      ))}
    </dl>
  );
}

const RESTORABLE = ['products', 'categories', 'users', 'pictures', 'webhook_endpoints'];

/**
 * An order's status has its own transitions, a created or deleted row has no earlier value, and the files of earlier
 * pictures may be gone.
 */
function isRestorable({ model, row_id: id, before, after }: Row): boolean {
  const fields = Object.keys(before ?? {}).filter((name) => name !== 'pictures' && name !== 'slug');
  return RESTORABLE.includes(String(model)) && Boolean(id && after) && fields.length > 0;
}

const MONEY = new Set(['price', 'total']);
const WORDS = new Set(['status', 'role', 'kind', 'language', 'gender']);
const DAY_MS = 24 * 3_600_000;

/** An older change is not requested, since it cannot be undone any more. */
function isOfToday({ at }: Row): boolean {
  return Date.now() - Date.parse(String(at)) < DAY_MS;
}

function shownValue(name: string, value: unknown, i18n: I18n): string {
  if (value === null) return '–';
  if (name === 'pictures' && Array.isArray(value)) return i18n.t('audit.pictures', { count: value.length });
  if (Array.isArray(value)) return value.join(', ') || '–';
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'boolean') return i18n.t(value ? 'yes' : 'no');
  if (typeof value === 'number') return i18n.number(value);
  if (MONEY.has(name)) return i18n.money(String(value));
  if (name.endsWith('_at')) return i18n.time(String(value));
  return WORDS.has(name) ? valueLabel(String(value), i18n) : String(value);
}

function Restore({ entry }: { entry: Row }) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const restore = async () => {
    await request(`/admin/audit_log/${entry.id}/restore`, { method: 'POST', body: {} });
    notify(t('audit.restored'));
    await queries.invalidateQueries();
  };
  return (
    <>
      <Button kind="quiet" icon="undo" onClick={() => setOpen(true)}>
        {t('audit.restore')}
      </Button>
      {isOpen && (
        <Confirm
          title={t('audit.restoreTitle')}
          action={t('audit.restore')}
          run={restore}
          onClose={() => setOpen(false)}
        >
          <p>{t('audit.restoreWhy')}</p>
          <Changes values={entry.before as Values} />
        </Confirm>
      )}
    </>
  );
}
