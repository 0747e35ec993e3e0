import { useMutation, useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import {
  checkEmailChangeOptions,
  checkEmailChangeUndoOptions,
  checkUnsubscribeOptions,
} from '../api/generated/@tanstack/react-query.gen';
import { confirmEmailChange, endFavoriteMails, undoEmailChange } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { Form } from '../ui/form';
import { usePageTitle } from '../ui/page-title';
import { QueryView } from '../ui/query-view';
import { InvalidLink, isInvalidLink } from './invalid-link';
import { useLinkDone } from './link-done';
import '../../../shared/styles/account.css';

const CHECK = {
  change: checkEmailChangeOptions,
  undo: checkEmailChangeUndoOptions,
  unsubscribe: checkUnsubscribeOptions,
};
const CONFIRM = { change: confirmEmailChange, undo: undoEmailChange, unsubscribe: endFavoriteMails };

/**
 * The page of a mail's link when the API's `FRONTEND_URL` is this shop. It asks first, since programs
 * that follow links must change nothing.
 */
export default function ConfirmLinkPage({ kind }: { kind: keyof typeof CONFIRM }) {
  const { t } = useText();
  const { uid: uidb64 = '', token = '' } = useParams();
  const path = { uidb64, token };
  const [isDone, setDone] = useLinkDone();
  const link = useQuery({
    ...(CHECK[kind]({ path }) as UseQueryOptions),
    staleTime: Infinity,
    enabled: !isDone,
  });
  const confirmation = useMutation({ mutationFn: () => CONFIRM[kind]({ path }), onSuccess: setDone });
  usePageTitle(t(`link.${kind}.title`));
  return (
    <div className="narrow">
      <h1>{t(`link.${kind}.title`)}</h1>
      {isDone ? (
        <>
          <p className="notice notice-good" role="status">
            {t(`link.${kind}.done`)}
          </p>
          <Link to="/" className="button button-primary button-wide">
            {t('state.notFound.home')}
          </Link>
        </>
      ) : isInvalidLink(link.error) ? (
        <InvalidLink next="/account" text="nav.account" />
      ) : (
        <QueryView query={link}>
          {() => (
            <Form
              busy={confirmation.isPending}
              error={confirmation.error}
              onSubmit={() => confirmation.mutate()}
            >
              <p>{t(`link.${kind}.text`)}</p>
              <button
                type="submit"
                className="button button-primary button-wide"
                aria-busy={confirmation.isPending}
              >
                {t(`link.${kind}.submit`)}
              </button>
            </Form>
          )}
        </QueryView>
      )}
    </div>
  );
}
