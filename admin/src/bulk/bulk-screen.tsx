import { useParams } from 'react-router';
import { RowView } from '../models/row-screen';
import { UndoBulk } from './undo-bulk';

/** A change of many rows: what it was, and the way back. */
export default function BulkScreen() {
  const id = useParams().id!;
  return <RowView model="bulk_changes" id={id} actions={<UndoBulk id={Number(id)} />} />;
}
