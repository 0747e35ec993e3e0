import { useCategories } from '../categories/use-categories';
import { useI18n } from '../i18n/translate';
import { SelectField } from '../ui/field';

interface CategoryFilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function CategoryFilter({ label, value, onChange }: CategoryFilterProps) {
  const { t } = useI18n();
  const categories = useCategories();
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('list.any')}</option>
      {categories.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
