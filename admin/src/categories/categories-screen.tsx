import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { ApiError } from '../api/answers';
import { request } from '../api/client';
import type { Category } from '../api/types';
import { useI18n } from '../i18n/translate';
import { Screen } from '../shell/screen';
import { Button, IconButton } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { Dialog } from '../ui/dialog';
import { InputField, SelectField } from '../ui/field';
import { Notice } from '../ui/notice';
import { fieldText, problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';
import { useCategories } from './use-categories';

/** All categories on one page, edited in place. */
export default function CategoriesScreen() {
  const { t } = useI18n();
  const categories = useCategories();
  const [edited, setEdited] = useState<Category | 'new'>();
  const [deleted, setDeleted] = useState<Category>();
  return (
    <Screen
      title={t('nav.categories')}
      actions={
        <Button kind="primary" icon="plus" onClick={() => setEdited('new')}>
          {t('categories.new')}
        </Button>
      }
    >
      <section className="card list" aria-label={t('nav.categories')}>
        <div className="table-frame">
          <table role="table" className="table">
            <caption className="visually-hidden">{t('nav.categories')}</caption>
            <thead role="rowgroup">
              <tr role="row">
                <th role="columnheader" scope="col">
                  {t('categories.name')}
                </th>
                <th role="columnheader" scope="col">
                  {t('field.slug')}
                </th>
                <th role="columnheader" scope="col">
                  <span className="visually-hidden">{t('list.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {categories.map((category) => (
                <tr role="row" key={category.id}>
                  <td role="cell" data-label={t('categories.name')}>
                    <Link className="row-link" to={`/products?category=${category.id}`}>
                      {category.name}
                    </Link>
                  </td>
                  <td role="cell" data-label={t('field.slug')}>
                    <code>{category.slug}</code>
                  </td>
                  <td role="cell" className="row-actions">
                    <IconButton
                      icon="pencil"
                      label={t('categories.edit', { name: category.name })}
                      onClick={() => setEdited(category)}
                    />
                    <IconButton
                      icon="trash"
                      label={t('categories.delete', { name: category.name })}
                      onClick={() => setDeleted(category)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {edited && (
        <CategoryDialog
          category={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {deleted && (
        <DeleteCategory
          category={deleted}
          others={categories.filter(({ id }) => id !== deleted.id)}
          onClose={() => setDeleted(undefined)}
        />
      )}
    </Screen>
  );
}

function CategoryDialog({ category, onClose }: { category: Category | undefined; onClose: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const [error, setError] = useState<ApiError>();
  const [isSaving, setSaving] = useState(false);

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = { name: String(form.get('name')).trim(), slug: String(form.get('slug')).trim() };
    setSaving(true);
    try {
      await saveCategory(category, typed);
      notify(t('form.saved'));
      await queries.invalidateQueries();
      onClose();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setSaving(false);
    }
  };
  const messageOf = (field: string) => {
    const messages = error?.fields[field];
    return messages && fieldText(messages, i18n);
  };
  const isNamed = Boolean(messageOf('name') ?? messageOf('slug'));
  return (
    <Dialog
      title={category ? t('categories.edit', { name: category.name }) : t('categories.new')}
      onClose={onClose}
    >
      <form onSubmit={save}>
        <div className="dialog-body form">
          {error && !isNamed && <Notice kind="error">{problemText(error, i18n)}</Notice>}
          <InputField
            label={t('categories.name')}
            name="name"
            defaultValue={category?.name}
            maxLength={100}
            error={messageOf('name')}
            autoFocus
            required
          />
          <InputField
            label={t('field.slug')}
            name="slug"
            defaultValue={category?.slug}
            hint={t('categories.slugHint')}
            maxLength={100}
            error={messageOf('slug')}
          />
        </div>
        <footer className="dialog-footer">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" kind="primary" busy={isSaving}>
            {t('save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Sends changed fields with the `ETag` that was read. */
async function saveCategory(category: Category | undefined, { name, slug }: Pick<Category, 'name' | 'slug'>) {
  if (!category) {
    await request('/categories', { method: 'POST', body: { name, ...(slug && { slug }) } });
    return;
  }
  const changes = {
    ...(name !== category.name && { name }),
    ...(slug && slug !== category.slug && { slug }),
  };
  if (Object.keys(changes).length === 0) return;
  const { body, etag } = await request<Category>(`/categories/${category.id}`);
  const isAsSeen = body.name === category.name && body.slug === category.slug;
  if (!isAsSeen) throw new ApiError(412, { code: 'precondition_failed', detail: '' });
  await request(`/categories/${category.id}`, { method: 'PATCH', body: changes, ifMatch: etag });
}

interface DeleteCategoryProps {
  category: Category;
  others: Category[];
  onClose: () => void;
}

function DeleteCategory({ category, others, onClose }: DeleteCategoryProps) {
  const { t } = useI18n();
  const queries = useQueryClient();
  const [moveTo, setMoveTo] = useState('');
  const remove = async () => {
    const { etag } = await request<Category>(`/categories/${category.id}`);
    const path = `/categories/${category.id}${moveTo && `?move_to=${moveTo}`}`;
    await request(path, { method: 'DELETE', ifMatch: etag });
    notify(t('categories.deleted', { name: category.name }));
    await queries.invalidateQueries();
  };
  return (
    <Confirm
      title={t('categories.delete', { name: category.name })}
      action={t('delete')}
      danger
      run={remove}
      onClose={onClose}
    >
      <SelectField
        label={t('categories.moveTo')}
        value={moveTo}
        onChange={(event) => setMoveTo(event.target.value)}
      >
        <option value="">{t('categories.moveNone')}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
    </Confirm>
  );
}
