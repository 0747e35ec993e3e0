import { Link } from 'react-router';
import type { ModelColumn } from '../api/types';
import { type I18n, useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';
import { modelLabel, valueLabel } from './model-texts';
import { rowAddress } from './row-address';

interface CellValueProps {
  column: Pick<ModelColumn, 'name' | 'type' | 'reference'>;
  value: unknown;
}

/** Any value of any model, formatted by its column's type. */
export function CellValue({ column: { name, type, reference }, value }: CellValueProps) {
  const i18n = useI18n();
  const { t, money, time, number } = i18n;
  if (value === null || value === undefined || value === '') return '–';
  switch (type) {
    case 'money':
      return money(String(value));
    case 'timestamp':
      return <time dateTime={String(value)}>{time(String(value))}</time>;
    case 'boolean':
      return t(value ? 'yes' : 'no');
    case 'enum':
      return <Badge kind={BAD.has(String(value)) ? 'bad' : 'plain'}>{valueLabel(String(value), i18n)}</Badge>;
    case 'reference':
      return reference ? (
        <Link to={rowAddress(reference, String(value))}>{String(value)}</Link>
      ) : (
        String(value)
      );
    case 'json':
      if (isBulkAction(value)) return bulkAction(value, i18n);
      if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
        return value.join(', ') || '–';
      return <code className="json">{JSON.stringify(value)}</code>;
    case 'integer':
      return name === 'id' || typeof value !== 'number' ? String(value) : number(value);
    default:
      if (WORDS.has(name)) return valueLabel(String(value), i18n);
      if (name === 'model') return modelLabel({ name: String(value), label: String(value) }, i18n);
      return typeof value === 'object' ? (
        <code className="json">{JSON.stringify(value)}</code>
      ) : (
        String(value)
      );
  }
}

type BulkAction = { kind: string } & Record<string, unknown>;

function isBulkAction(value: unknown): value is BulkAction {
  return typeof value === 'object' && value !== null && typeof (value as BulkAction).kind === 'string';
}

/** Such as "prices changed: -12.5 %". */
function bulkAction(
  { kind, percent, category_id: category, on_sale: onSale }: BulkAction,
  i18n: I18n,
): string {
  const what = valueLabel(kind, i18n);
  if (percent !== undefined) return `${what}: ${String(percent)} %`;
  if (category !== undefined) return `${what}: ${category === null ? '–' : `#${String(category)}`}`;
  return onSale === undefined ? what : `${what}: ${i18n.t(onSale ? 'yes' : 'no')}`;
}

const BAD = new Set(['failed', 'cancelled']);

/** Text columns with a fixed set of values. */
const WORDS = new Set(['kind', 'action', 'event', 'reason', 'source', 'actor_role', 'role']);
