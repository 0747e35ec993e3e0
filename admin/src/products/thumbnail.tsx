import { Icon } from '../ui/icon';

export function Thumbnail({ address }: { address: string | undefined }) {
  if (!address) {
    return (
      <span className="thumbnail thumbnail-none">
        <Icon name="image" />
      </span>
    );
  }
  return <img className="thumbnail" src={address} alt="" width={40} height={40} loading="lazy" />;
}
