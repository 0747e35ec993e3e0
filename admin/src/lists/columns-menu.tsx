import { useI18n } from '../i18n/translate';
import { CheckField } from '../ui/field';
import { Menu } from '../ui/menu';
import type { Column } from './list-types';

interface ColumnsMenuProps {
  columns: Pick<Column<never>, 'name' | 'label'>[];
  shown: string[];
  onChange: (names: string[] | null) => void;
}

export function ColumnsMenu({ columns, shown, onChange }: ColumnsMenuProps) {
  const { t } = useI18n();
  return (
    <Menu icon="columns" label={t('list.columns')}>
      {columns.map(({ name, label }) => (
        <CheckField
          key={name}
          label={label}
          checked={shown.includes(name)}
          disabled={shown.length === 1 && shown[0] === name}
          onChange={(event) =>
            onChange(event.target.checked ? [...shown, name] : shown.filter((each) => each !== name))
          }
        />
      ))}
      <button type="button" className="button button-quiet" onClick={() => onChange(null)}>
        {t('list.resetColumns')}
      </button>
    </Menu>
  );
}
