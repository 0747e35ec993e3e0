import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { get, request } from '../api/client';
import type { Product } from '../api/types';
import { FormFooter } from '../forms/form-footer';
import { RecordGate } from '../forms/record-gate';
import { type Loaded, useRecord } from '../forms/use-record';
import { useRecordForm } from '../forms/use-record-form';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { Notice } from '../ui/notice';
import { notify } from '../ui/toasts';
import { PicturesCard } from './pictures-card';
import { type KeptProduct, ProductFields, productBody, productLabels, productValues } from './product-fields';
import { ProductState } from './product-state';
import { StockCell } from './stock-dialog';

export default function ProductScreen() {
  const { id } = useParams();
  const { t } = useI18n();
  const query = useRecord(`/products/${id}`, readProduct);
  return (
    <RecordGate query={query} title={t('products.one')} back={{ to: '/products', label: t('nav.products') }}>
      {(loaded) => <ProductForm key={id} loaded={loaded} />}
    </RecordGate>
  );
}

function ProductForm({ loaded }: { loaded: Loaded<KeptProduct> }) {
  const i18n = useI18n();
  const { t, time } = i18n;
  const product = loaded.body;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const { form, submit, isSaving, problem, dialogs } = useRecordForm({
    path: `/products/${product.id}`,
    loaded,
    read: () => readProduct(`/products/${product.id}`),
    toValues: (row) => productValues(row, i18n),
    toBody: productBody,
    labels: productLabels(i18n),
  });

  const remove = async () => {
    await request(`/products/${product.id}`, { method: 'DELETE', ifMatch: loaded.etag });
    form.reset();
    notify(t('products.deleted', { name: product.name }));
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'record' });
    setTimeout(() => navigate('/products'));
  };

  return (
    <Screen
      title={product.name}
      back={{ to: '/products', label: t('nav.products') }}
      badge={<ProductState isOnSale={product.on_sale} stock={product.stock} />}
      actions={
        <Button kind="danger" icon="trash" onClick={() => setDeleting(true)}>
          {t('delete')}
        </Button>
      }
    >
      <div className="split">
        <form className="card form" onSubmit={submit} noValidate>
          {problem && <Notice kind="error">{problem}</Notice>}
          <ProductFields form={form} />
          <FormFooter onReset={() => form.reset()} canReset={form.formState.isDirty} isSaving={isSaving} />
        </form>
        <aside className="stack">
          <PicturesCard productId={product.id} />
          <section className="card">
            <h2>{t('products.stock')}</h2>
            <p className="figure">
              <StockCell product={product} />
            </p>
            <p className="hint">{t('products.stockLedger')}</p>
          </section>
          <section className="card">
            <h2>{t('record')}</h2>
            <dl className="facts">
              <dt>{t('field.id')}</dt>
              <dd>{product.id}</dd>
              <dt>{t('field.slug')}</dt>
              <dd>{product.slug}</dd>
              <dt>{t('field.created_at')}</dt>
              <dd>{time(product.created_at)}</dd>
              <dt>{t('field.updated_at')}</dt>
              <dd>{time(product.updated_at)}</dd>
            </dl>
          </section>
        </aside>
      </div>
      {dialogs}
      {isDeleting && (
        <Confirm
          title={t('products.deleteTitle', { name: product.name })}
          action={t('delete')}
          danger
          run={remove}
          onClose={() => setDeleting(false)}
        >
          <p>{t('products.deleteWhy')}</p>
        </Confirm>
      )}
    </Screen>
  );
}

/** `available` is false for a sold-out product, whether or not it is on sale. */
async function readProduct(path: string): Promise<Loaded<KeptProduct>> {
  const [{ body, etag }, { on_sale }] = await Promise.all([
    request<Product>(path),
    get<{ on_sale: boolean }>(`/admin${path}`),
  ]);
  return { body: { ...body, on_sale }, etag };
}
