import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Model, Row } from '../api/types';
import { RecordGate } from '../forms/record-gate';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column } from '../lists/list-types';
import { ApiError } from '../api/answers';
import { CellValue } from './cell-value';
import { modelFilters } from './model-list';
import { columnLabel, modelLabel } from './model-texts';
import { useModels } from './use-models';

export default function ModelScreen() {
  const { model: name } = useParams();
  return <ModelList key={name} name={name!} />;
}

interface ModelListProps {
  name: string;
  /** Replaces the formatting by the column's type. */
  cells?: Record<string, (row: Row) => ReactNode>;
  /** Columns that are shown by default; without it, the first eight. */
  shown?: string[];
}

/** The list of any model, built from the API's description. */
export function ModelList({ name, cells = {}, shown }: ModelListProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const models = useModels();
  const model = models.data?.find((each) => each.name === name);
  if (models.data && !model) throw new ApiError(404, { code: 'model_not_found', detail: '' });
  if (!model) {
    return (
      <RecordGate query={models} title={t('nav.models')} back={{ to: '/models', label: t('nav.models') }}>
        {() => null}
      </RecordGate>
    );
  }
  const columns = listedColumns(model).map((column, index): Column<Row> => ({
    name: column.name,
    label: columnLabel(column.name, i18n),
    ordering: model.orderings.includes(column.name) ? column.name : undefined,
    isNumber: column.type === 'integer' || column.type === 'money',
    isExtra: shown ? !shown.includes(column.name) : index > 8,
    cell: (row) => {
      const own = cells[column.name];
      if (own) return own(row);
      const value = <CellValue column={column} value={row[column.name]} />;
      return index === 0 ? (
        <Link className="row-link" to={`/models/${name}/${encodeURIComponent(row.id)}`}>
          <ShortId id={String(row.id)} />
        </Link>
      ) : (
        value
      );
    },
  }));
  return (
    <ListScreen<Row>
      name={name}
      title={modelLabel(model, i18n)}
      path={`/admin/${name}`}
      csvPath={`/admin/csv/${name}`}
      columns={columns}
      filters={modelFilters(model, i18n)}
      hasSearch={model.searchable}
      nameOf={({ id }) => String(id)}
    />
  );
}

/** A row's id comes first, also one that consists of several columns. */
function listedColumns({ columns }: Model): Model['columns'] {
  const id = columns.find(({ name }) => name === 'id') ?? {
    name: 'id',
    type: 'text',
    filters: [],
    detail: false,
  };
  return [id, ...columns.filter(({ name, detail }) => name !== 'id' && !detail)];
}

/** Shows the beginning of a UUID; screen readers get all of it. */
function ShortId({ id }: { id: string }) {
  if (id.length <= 16) return id;
  return (
    <>
      <span aria-hidden="true" title={id}>
        {id.slice(0, 8)}…
      </span>
      <span className="visually-hidden">{id}</span>
    </>
  );
}
