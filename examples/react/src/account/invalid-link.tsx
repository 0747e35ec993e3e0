import { Link } from 'react-router';
import { ApiError } from '../api/api-error';
import { useText } from '../i18n/language';
import type { TextKey } from '../../../shared/texts/texts';

export function isInvalidLink(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'link_invalid';
}

interface Props {
  /** The page where a new link can be requested. */
  next: string;
  text: TextKey;
}

/** The link of a mail was used, has expired, or is invalid. */
export function InvalidLink({ next, text }: Props) {
  const { t } = useText();
  return (
    <>
      <p className="notice notice-bad" role="alert">
        {t('error.link_invalid')}
      </p>
      <Link to={next} className="button button-wide">
        {t(text)}
      </Link>
    </>
  );
}
