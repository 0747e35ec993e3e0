import { Link } from 'react-router';
import type { Product } from '../api/generated/types.gen';
import { useText } from '../i18n/language';
import { picturesOf } from '../product/pictures-of';
import { ProductPicture } from '../product/product-picture';

/** The first page's introduction; the arches have their size before the pictures, so that nothing moves. */
export function Hero({ products = [] }: { products: Product[] | undefined }) {
  const { t } = useText();
  const shown = oneOfEachCategory(products.filter((product) => picturesOf(product).length > 0)).slice(0, 3);
  return (
    <section className="hero">
      <div className="hero-text">
        <h1>{t('shop.tagline')}</h1>
        <p>{t('shop.introduction')}</p>
        <Link to="/?ordering=-created_at" className="button button-primary">
          {t('shop.browse')}
        </Link>
      </div>
      <div className="hero-pictures" aria-hidden="true">
        {[0, 1, 2].map((place) => (
          <div key={place} className="hero-arch">
            {shown[place] && (
              <ProductPicture
                product={shown[place]}
                sizes="(max-width: 700px) 30vw, 220px"
                eager
                decorative
              />
            )}
          </div>
        ))}
      </div>
    </section>
  );
}

function oneOfEachCategory(products: Product[]): Product[] {
  const first = new Map(products.toReversed().map((product) => [product.category, product]));
  return products.filter((product) => first.get(product.category) === product);
}
