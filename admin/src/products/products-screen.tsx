import { Link, useSearchParams } from 'react-router';
import { mediaUrl } from '../api/addresses';
import { useCategories } from '../categories/use-categories';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column, Filter } from '../lists/list-types';
import { LinkButton } from '../ui/button';
import { PriceCell } from './price-cell';
import { ProductBulk } from './product-bulk';
import { ProductState } from './product-state';
import { StockCell } from './stock-dialog';
import { Thumbnail } from './thumbnail';

interface ProductRow {
  id: number;
  name: string;
  price: string;
  stock: number;
  on_sale: boolean;
  category_id: number | null;
  /** Their paths below `/media/`. */
  pictures: string[];
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export default function ProductsScreen() {
  const { t, time, money } = useI18n();
  const [params] = useSearchParams();
  const isDeleted = params.get('deleted') === 'only';
  const names = new Map(useCategories().map(({ id, name }) => [id, name]));
  const columns: Column<ProductRow>[] = [
    { name: 'id', label: t('field.id'), ordering: 'id', isNumber: true, isExtra: true, cell: ({ id }) => id },
    {
      name: 'name',
      label: t('products.name'),
      ordering: 'name',
      cell: ({ id, name, pictures: [picture] }) => {
        const content = (
          <>
            <Thumbnail address={picture ? mediaUrl(picture) : undefined} />
            {name}
          </>
        );
        if (isDeleted) return <span className="row-link">{content}</span>;
        return (
          <Link className="row-link" to={`/products/${id}`}>
            {content}
          </Link>
        );
      },
    },
    {
      name: 'price',
      label: t('products.price'),
      ordering: 'price',
      isNumber: true,
      cell: (product) => (isDeleted ? money(product.price) : <PriceCell product={product} />),
    },
    {
      name: 'stock',
      label: t('products.stock'),
      isNumber: true,
      cell: (product) => (isDeleted ? product.stock : <StockCell product={product} />),
    },
    {
      name: 'category_id',
      label: t('products.category'),
      cell: (product) => (product.category_id ? names.get(product.category_id) : '–'),
    },
    {
      name: 'on_sale',
      label: t('products.state'),
      cell: ({ on_sale, stock }) => <ProductState isOnSale={on_sale} stock={stock} isDeleted={isDeleted} />,
    },
    {
      name: 'created_at',
      label: t('field.created_at'),
      ordering: 'created_at',
      isExtra: true,
      cell: (product) => time(product.created_at),
    },
    {
      name: 'updated_at',
      label: t('field.updated_at'),
      isExtra: true,
      cell: (product) => time(product.updated_at),
    },
  ];
  const yesNo = [
    { value: 'true', label: t('yes') },
    { value: 'false', label: t('no') },
  ];
  const filters: Filter[] = [
    { name: 'category_id', label: t('products.category'), kind: 'category' },
    { name: 'on_sale', label: t('products.onSale'), kind: 'choice', options: yesNo },
    { name: 'low_stock', label: t('products.isLow'), kind: 'choice', options: yesNo },
    { name: 'price_min', label: t('products.priceFrom'), kind: 'number' },
    { name: 'price_max', label: t('products.priceTo'), kind: 'number' },
    {
      name: 'deleted',
      label: t('list.deleted'),
      kind: 'choice',
      options: [{ value: 'only', label: t('list.onlyDeleted') }],
    },
  ];
  return (
    <ListScreen<ProductRow>
      name="products"
      title={t('nav.products')}
      path="/admin/products"
      csvPath="/admin/csv/products"
      columns={columns}
      filters={filters}
      searchLabel={t('products.search')}
      nameOf={({ name }) => name}
      actions={
        <>
          <LinkButton to="/products/import" icon="upload">
            {t('import.title')}
          </LinkButton>
          <LinkButton to="/products/new" kind="primary" icon="plus">
            {t('products.new')}
          </LinkButton>
        </>
      }
      bulkActions={(selection, done) => (
        <ProductBulk selection={selection} isDeleted={isDeleted} onDone={done} />
      )}
    />
  );
}
