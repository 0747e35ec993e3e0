import { useParams } from 'react-router';
import { useI18n } from '../i18n/translate';
import { RowView } from '../models/row-screen';
import { UndoBulk } from './undo-bulk';

/** A bulk change, and its undo. */
export default function BulkScreen() {
  const id = useParams().id!;
  const title = useI18n().t('audit.bulk', { id });
  return <RowView model="bulk_changes" id={id} title={title} actions={<UndoBulk id={Number(id)} />} />;
}
