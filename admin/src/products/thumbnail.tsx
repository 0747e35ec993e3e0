import { pictureUrl } from '../api/addresses';
import { Icon } from '../ui/icon';

export function Thumbnail({ address }: { address: string | null }) {
  if (!address) {
    return (
      <span className="thumbnail thumbnail-none">
        <Icon name="image" />
      </span>
    );
  }
  return <img className="thumbnail" src={pictureUrl(address)} alt="" width={40} height={40} loading="lazy" />;
}
