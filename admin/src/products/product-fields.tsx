import { useId } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import type { Product } from '../api/types';
import { useCategories } from '../categories/use-categories';
import { readDecimal } from '../forms/decimals';
import { type I18n, useI18n } from '../i18n/translate';
import { CheckField, Field, InputField, TextAreaField } from '../ui/field';

/** The values of the inputs: text, except for the switch. */
export interface ProductValues {
  name: string;
  description: string;
  price: string;
  category: string;
  available: boolean;
}

/** The product as an admin reads it. */
export type KeptProduct = Product & { on_sale: boolean };

export function productValues(product: KeptProduct, { decimal }: I18n): ProductValues {
  return {
    name: product.name,
    description: product.description,
    price: decimal(product.price),
    category: product.category ?? '',
    available: product.on_sale,
  };
}

export function productBody({ category, price, ...rest }: Partial<ProductValues>): object {
  return {
    ...rest,
    ...(category !== undefined && { category: category.trim() || null }),
    ...(price !== undefined && { price: readDecimal(price) }),
  };
}

export function productLabels({ t }: I18n): Record<keyof ProductValues, string> {
  return {
    name: t('products.name'),
    description: t('products.description'),
    price: t('products.price'),
    category: t('products.category'),
    available: t('products.onSale'),
  };
}

const MONEY = /^(\d{1,8}(\.\d{1,2})?|\.\d{1,2})$/;

/** The fields of a new and an existing product. */
export function ProductFields<Values extends ProductValues>({ form }: { form: UseFormReturn<Values> }) {
  const i18n = useI18n();
  const { t } = i18n;
  const labels = productLabels(i18n);
  const listId = useId();
  const categories = useCategories();
  const { register, formState } = form as unknown as UseFormReturn<ProductValues>;
  const { errors } = formState;
  const required = t('form.required');
  return (
    <>
      <InputField
        label={labels.name}
        maxLength={200}
        error={errors.name?.message}
        required
        {...register('name', { validate: (name) => name.trim() !== '' || required })}
      />
      <TextAreaField
        label={labels.description}
        maxLength={5000}
        rows={6}
        error={errors.description?.message}
        {...register('description')}
      />
      <div className="columns">
        <InputField
          label={labels.price}
          inputMode="decimal"
          error={errors.price?.message}
          required
          {...register('price', {
            validate: (price) =>
              MONEY.test(readDecimal(price)) || t(price.trim() ? 'form.money' : 'form.required'),
          })}
        />
        <Field label={labels.category} hint={t('products.categoryHint')} error={errors.category?.message}>
          {(ids) => (
            <>
              <input {...ids} list={listId} maxLength={100} autoComplete="off" {...register('category')} />
              <datalist id={listId}>
                {categories.map(({ id, name }) => (
                  <option key={id} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
      <CheckField label={labels.available} error={errors.available?.message} {...register('available')} />
    </>
  );
}
