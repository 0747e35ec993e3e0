import { Link } from 'react-router';
import type { Product } from '../api/types';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column, Filter } from '../lists/list-types';
import { LinkButton } from '../ui/button';
import { PriceCell } from './price-cell';
import { ProductState } from './product-state';
import { StockCell } from './stock-dialog';
import { Thumbnail } from './thumbnail';

export default function ProductsScreen() {
  const { t, time, money } = useI18n();
  const columns: Column<Product>[] = [
    { name: 'id', label: t('field.id'), ordering: 'id', isNumber: true, isExtra: true, cell: ({ id }) => id },
    {
      name: 'name',
      label: t('products.name'),
      ordering: 'name',
      cell: (product) => (
        <Link className="row-link" to={`/products/${product.id}`}>
          <Thumbnail address={product.image} />
          {product.name}
        </Link>
      ),
    },
    {
      name: 'price',
      label: t('products.price'),
      ordering: 'price',
      isNumber: true,
      cell: (product) => <PriceCell product={product} />,
    },
    {
      name: 'stock',
      label: t('products.stock'),
      isNumber: true,
      cell: (product) => <StockCell product={product} />,
    },
    { name: 'category', label: t('products.category'), cell: ({ category }) => category ?? '–' },
    { name: 'state', label: t('products.state'), cell: (product) => <ProductState product={product} /> },
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
  const filters: Filter[] = [
    { name: 'category', label: t('products.category'), kind: 'category' },
    {
      name: 'available',
      label: t('products.state'),
      kind: 'choice',
      options: [
        { value: 'true', label: t('products.isOnSale') },
        { value: 'false', label: t('products.isOffSaleOrOut') },
      ],
    },
    { name: 'min_price', label: t('products.priceFrom'), kind: 'number' },
    { name: 'max_price', label: t('products.priceTo'), kind: 'number' },
  ];
  return (
    <ListScreen<Product>
      name="products"
      title={t('nav.products')}
      path="/products"
      columns={columns}
      filters={filters}
      searchLabel={t('products.search')}
      nameOf={({ name, price }) => `${name}, ${money(price)}`}
      actions={
        <LinkButton to="/products/new" kind="primary" icon="plus">
          {t('products.new')}
        </LinkButton>
      }
    />
  );
}
