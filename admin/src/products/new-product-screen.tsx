import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useNavigate } from 'react-router';
import { ApiError } from '../api/answers';
import { request } from '../api/client';
import { idempotencyKey } from '../api/idempotency-key';
import type { Product } from '../api/types';
import { LeaveGuard } from '../forms/leave-guard';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { InputField } from '../ui/field';
import { Notice } from '../ui/notice';
import { fieldText, problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { ProductFields, type ProductValues, productBody } from './product-fields';

interface NewProductValues extends ProductValues {
  stock: string;
}

const EMPTY: NewProductValues = {
  name: '',
  description: '',
  price: '',
  category: '',
  available: true,
  stock: '0',
};

export default function NewProductScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const key = useRef(idempotencyKey());
  const [problem, setProblem] = useState('');
  const [created, setCreated] = useState<Product>();
  const form = useForm<NewProductValues>({ defaultValues: EMPTY });
  const { errors, isSubmitting, isDirty } = form.formState;

  const save = async ({ stock, ...values }: NewProductValues) => {
    setProblem('');
    try {
      const { body } = await request<Product>('/products', {
        method: 'POST',
        body: { ...productBody(values), stock: Number(stock) },
        idempotencyKey: key.current,
      });
      setCreated(body);
      notify(t('products.created', { name: body.name }));
      void queries.invalidateQueries();
      setTimeout(() => navigate(`/products/${body.id}`, { replace: true }));
    } catch (error) {
      key.current = idempotencyKey();
      if (!(error instanceof ApiError)) throw error;
      const named = Object.entries(error.fields).filter(([name]) => name in EMPTY);
      for (const [name, messages] of named) {
        form.setError(
          name as keyof NewProductValues,
          { message: fieldText(messages, i18n) },
          { shouldFocus: true },
        );
      }
      if (named.length === 0) setProblem(problemText(error, i18n));
    }
  };

  return (
    <Screen title={t('products.new')} back={{ to: '/products', label: t('nav.products') }}>
      <form className="card form narrow" onSubmit={form.handleSubmit(save)} noValidate>
        {problem && <Notice kind="error">{problem}</Notice>}
        <ProductFields form={form} />
        <InputField
          label={t('products.stock')}
          inputMode="numeric"
          error={errors.stock?.message}
          {...form.register('stock', {
            validate: (stock) => /^\d+$/.test(stock.trim()) || t('products.stockWhole'),
          })}
        />
        <p className="hint">{t('products.picturesAfter')}</p>
        <footer className="form-footer">
          <Button type="submit" kind="primary" busy={isSubmitting}>
            {t('products.create')}
          </Button>
        </footer>
      </form>
      <LeaveGuard isChanged={isDirty && !created && !isSubmitting} />
    </Screen>
  );
}
