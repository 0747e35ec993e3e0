import type { Model, ModelColumn } from '../api/types';
import type { I18n } from '../i18n/translate';
import type { Filter } from '../lists/list-types';
import { columnLabel, valueLabel } from './model-texts';

/** The filters of a model's list, as fields. */
export function modelFilters(model: Model, i18n: I18n): Filter[] {
  const { t } = i18n;
  const yesNo = [
    { value: 'true', label: t('yes') },
    { value: 'false', label: t('no') },
  ];
  const ofColumn = (column: ModelColumn): Filter[] => {
    const label = columnLabel(column.name, i18n);
    if (column.name === 'category_id')
      return [{ name: column.name, label: t('products.category'), kind: 'category' }];
    return column.filters.map((name): Filter => {
      if (name.endsWith('_after')) return { name, label: t('list.from', { name: label }), kind: 'day' };
      if (name.endsWith('_before')) return { name, label: t('list.until', { name: label }), kind: 'day-end' };
      if (name.endsWith('_min')) return { name, label: t('list.from', { name: label }), kind: 'number' };
      if (name.endsWith('_max')) return { name, label: t('list.until', { name: label }), kind: 'number' };
      if (column.type === 'boolean') return { name, label, kind: 'choice', options: yesNo };
      if (column.enum) {
        const options = column.enum.map((value) => ({ value, label: valueLabel(value, i18n) }));
        return { name, label, kind: 'choice', options };
      }
      return { name, label, kind: 'text' };
    });
  };
  const switches = model.switches.map((name): Filter => ({
    name,
    label: columnLabel(name, i18n),
    kind: 'choice',
    options: yesNo,
  }));
  const deleted: Filter[] = model.deleted
    ? [
        {
          name: 'deleted',
          label: t('list.deleted'),
          kind: 'choice',
          options: [{ value: 'only', label: t('list.onlyDeleted') }],
        },
      ]
    : [];
  return [...model.columns.flatMap(ofColumn), ...switches, ...deleted];
}
