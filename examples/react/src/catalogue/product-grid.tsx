import type { Product } from '../api/generated/types.gen';
import { ProductCard } from './product-card';

export function ProductGrid({ products }: { products: Product[] }) {
  return (
    <ul className="grid">
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} eager={index < 4} />
        </li>
      ))}
    </ul>
  );
}

export function ProductGridSkeleton({ count = 8 }: { count?: number }) {
  return (
    <ul className="grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index} className="card">
          <div className="picture skeleton" />
          <p className="skeleton skeleton-line" />
          <p className="skeleton skeleton-line skeleton-short" />
        </li>
      ))}
    </ul>
  );
}
