import { useState } from 'react';
import { BulkDialog, type BulkAction, type BulkKey } from '../bulk/bulk-dialog';
import { useCategories } from '../categories/use-categories';
import { readDecimal } from '../forms/decimals';
import { useI18n } from '../i18n/translate';
import type { Selection } from '../lists/list-types';
import { Button } from '../ui/button';
import { InputField, SelectField } from '../ui/field';

type Kind = 'price_percent' | 'set_category' | 'set_on_sale' | 'delete' | 'restore';

interface ProductBulkProps {
  selection: Selection;
  /** The list shows deleted products. */
  isDeleted: boolean;
  onDone: () => void;
}

export function ProductBulk({ selection, isDeleted, onDone }: ProductBulkProps) {
  const { t, money } = useI18n();
  const categories = useCategories();
  const [kind, setKind] = useState<Kind>();
  const kinds: Kind[] = isDeleted ? ['restore'] : ['price_percent', 'set_category', 'set_on_sale', 'delete'];
  const shown = (of: Kind, value: string) => {
    if (of === 'price_percent') return money(value);
    if (of === 'set_category') return categories.find(({ id }) => String(id) === value)?.name ?? value;
    if (of === 'set_on_sale') return t(value === 'true' ? 'products.isOnSale' : 'products.isOffSale');
    return t(value === 'true' ? 'products.isDeleted' : 'bulk.notDeleted');
  };
  return (
    <>
      {kinds.map((each) => (
        <Button key={each} kind={each === 'delete' ? 'danger' : 'plain'} onClick={() => setKind(each)}>
          {t(`bulk.do.${each}` satisfies BulkKey)}
        </Button>
      ))}
      {kind && (
        <BulkDialog
          title={t(`bulk.do.${kind}` satisfies BulkKey)}
          model="products"
          selection={selection}
          fields={FIELDS[kind]?.()}
          toAction={(form) => toAction(kind, form)}
          shown={(value) => shown(kind, value)}
          onDone={onDone}
          onClose={() => setKind(undefined)}
        />
      )}
    </>
  );
}

const FIELDS: Partial<Record<Kind, () => React.ReactNode>> = {
  price_percent: () => <PercentField />,
  set_category: () => <CategoryField />,
  set_on_sale: () => <OnSaleField />,
};

function PercentField() {
  const { t } = useI18n();
  return (
    <InputField
      label={t('bulk.percent')}
      hint={t('bulk.percentHint')}
      name="percent"
      inputMode="text"
      autoComplete="off"
      autoFocus
      required
    />
  );
}

function CategoryField() {
  const { t } = useI18n();
  const categories = useCategories();
  return (
    <SelectField label={t('products.category')} name="category_id">
      <option value="">{t('bulk.noCategory')}</option>
      {categories.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function OnSaleField() {
  const { t } = useI18n();
  return (
    <SelectField label={t('products.state')} name="on_sale">
      <option value="true">{t('products.isOnSale')}</option>
      <option value="false">{t('products.isOffSale')}</option>
    </SelectField>
  );
}

function toAction(kind: Kind, form: FormData): BulkAction | undefined {
  switch (kind) {
    case 'price_percent': {
      const percent = readDecimal(String(form.get('percent')).replace('−', '-').replace('%', '')).replace(
        /^\+/,
        '',
      );
      return /^-?\d+(\.\d{1,2})?$/.test(percent) ? { kind, percent } : undefined;
    }
    case 'set_category': {
      const id = String(form.get('category_id'));
      return { kind, category_id: id ? Number(id) : null };
    }
    case 'set_on_sale':
      return { kind, on_sale: form.get('on_sale') === 'true' };
    default:
      return { kind };
  }
}
