import { useNavigate } from 'react-router';
import { useSignInPath } from '../account/next-path';
import type { Product } from '../api/generated/types.gen';
import { useSession } from '../api/session';
import { useText } from '../i18n/language';
import { HeartIcon } from '../ui/icons';
import { useToggleFavorite } from './use-favorites';

export function FavoriteButton({ product }: { product: Product }) {
  const { t } = useText();
  const session = useSession();
  const navigate = useNavigate();
  const signInPath = useSignInPath();
  const { isFavorite, toggle } = useToggleFavorite(product);
  return (
    <button
      type="button"
      className="favorite"
      data-favorite={isFavorite}
      aria-label={t(isFavorite ? 'product.favorite.remove' : 'product.favorite.add', { name: product.name })}
      onClick={() => (session ? toggle() : void navigate(signInPath))}
    >
      <HeartIcon />
    </button>
  );
}
