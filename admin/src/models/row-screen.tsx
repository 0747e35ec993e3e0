import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { get } from '../api/client';
import type { Row } from '../api/types';
import { RecordGate } from '../forms/record-gate';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { CellValue } from './cell-value';
import { columnLabel, modelLabel } from './model-texts';
import { useModels } from './use-models';

/** One row of any model, read-only. */
export default function RowScreen() {
  const { model, id } = useParams();
  return <RowView model={model!} id={id!} />;
}

interface RowViewProps {
  model: string;
  id: string;
  /** Replaces the model's name and the id. */
  title?: string;
  actions?: ReactNode;
}

export function RowView({ model: name, id, title, actions }: RowViewProps) {
  const i18n = useI18n();
  const path = `/admin/${name}/${encodeURIComponent(id)}`;
  const row = useQuery({ queryKey: [path], queryFn: ({ signal }) => get<Row>(path, signal) });
  const model = useModels().data?.find((each) => each.name === name);
  const label = model ? modelLabel(model, i18n) : name;
  const back = { to: `/models/${name}`, label };
  const heading = title ?? `${label} ${id}`;
  return (
    <RecordGate query={row} title={heading} back={back}>
      {(data) => (
        <Screen title={heading} back={back} actions={actions}>
          <section className="card">
            <dl className="facts facts-wide">
              {model?.columns.map((column) => (
                <div key={column.name}>
                  <dt>{columnLabel(column.name, i18n)}</dt>
                  <dd>
                    <CellValue column={column} value={data[column.name]} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        </Screen>
      )}
    </RecordGate>
  );
}
