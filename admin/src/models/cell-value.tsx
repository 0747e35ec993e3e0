import { Link } from 'react-router';
import type { ModelColumn } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Badge } from '../ui/badge';
import { valueLabel } from './model-texts';
import { rowAddress } from './row-address';

interface CellValueProps {
  column: Pick<ModelColumn, 'name' | 'type' | 'reference'>;
  value: unknown;
}

/** Any value of any model, as its column's type is read. */
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
      return <code className="json">{JSON.stringify(value)}</code>;
    case 'integer':
      return name === 'id' || typeof value !== 'number' ? String(value) : number(value);
    default:
      return typeof value === 'object' ? (
        <code className="json">{JSON.stringify(value)}</code>
      ) : (
        String(value)
      );
  }
}

const BAD = new Set(['failed', 'cancelled']);
