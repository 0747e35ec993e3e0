import { inject, Injectable } from '@angular/core';
import { Api } from '../api/generated/api';
import { addFavorite, listFavorites, removeFavorite } from '../api/generated/functions';
import type { FavoritePage, Product } from '../api/generated/models';
import { query } from '../api/query';
import { Session } from '../api/session';

/** The customer's favorites; a guest has none. */
@Injectable({ providedIn: 'root' })
export class FavoriteStore {
  private readonly api = inject(Api);
  private readonly userId = inject(Session).userId;
  readonly favorites = query(listFavorites, () => (this.userId() === null ? undefined : { page_size: 100 }));

  has(productId: number): boolean {
    return this.favorites.value()?.results.some(({ id }) => id === productId) ?? false;
  }

  /** The heart changes at once, and back when the request fails. */
  async toggle(product: Product): Promise<void> {
    const before = this.favorites.value();
    const isWanted = !this.has(product.id);
    this.favorites.update((page) => withFavorite(page, product, isWanted));
    try {
      if (isWanted) await this.api.invoke(addFavorite, { body: { product_id: product.id } });
      else await this.api.invoke(removeFavorite, { id: product.id });
    } catch {
      this.favorites.update((page) => before ?? page);
    }
    this.favorites.reload();
  }
}

function withFavorite(page: FavoritePage, product: Product, isWanted: boolean): FavoritePage {
  const others = page.results.filter(({ id }) => id !== product.id);
  const added = { id: product.id, created_at: new Date().toISOString(), product };
  return { ...page, results: isWanted ? [added, ...others] : others };
}
