import { Link } from 'react-router';
import type { User } from '../api/types';
import { useI18n } from '../i18n/translate';
import { ListScreen } from '../lists/list-screen';
import type { Column, Filter } from '../lists/list-types';
import { UserState } from './user-state';

type UserRow = Pick<User, 'id' | 'username' | 'email' | 'name' | 'role' | 'created_at'> & {
  email_verified_at: string | null;
  disabled_at: string | null;
};

export default function UsersScreen() {
  const { t, time } = useI18n();
  const columns: Column<UserRow>[] = [
    { name: 'id', label: t('field.id'), ordering: 'id', isNumber: true, isExtra: true, cell: ({ id }) => id },
    {
      name: 'username',
      label: t('users.username'),
      cell: ({ id, username }) => (
        <Link className="row-link" to={`/users/${id}`}>
          {username}
        </Link>
      ),
    },
    { name: 'name', label: t('users.name'), cell: ({ name }) => name || '–' },
    { name: 'email', label: t('users.email'), cell: ({ email }) => email },
    {
      name: 'role',
      label: t('users.role'),
      cell: (user) => <UserState role={user.role} isDisabled={Boolean(user.disabled_at)} />,
    },
    {
      name: 'email_verified_at',
      label: t('users.verified'),
      isExtra: true,
      cell: (user) => t(user.email_verified_at ? 'yes' : 'no'),
    },
    {
      name: 'created_at',
      label: t('users.since'),
      ordering: 'created_at',
      cell: (user) => time(user.created_at),
    },
  ];
  const filters: Filter[] = [
    {
      name: 'role',
      label: t('users.role'),
      kind: 'choice',
      options: [
        { value: 'customer', label: t('role.customer') },
        { value: 'admin', label: t('role.admin') },
      ],
    },
    {
      name: 'disabled',
      label: t('users.isDisabled'),
      kind: 'choice',
      options: [
        { value: 'true', label: t('yes') },
        { value: 'false', label: t('no') },
      ],
    },
    { name: 'created_at_after', label: t('users.sinceFrom'), kind: 'day' },
    { name: 'created_at_before', label: t('users.sinceTo'), kind: 'day-end' },
    {
      name: 'deleted',
      label: t('list.deleted'),
      kind: 'choice',
      options: [{ value: 'only', label: t('users.onlyErased') }],
    },
  ];
  return (
    <ListScreen<UserRow>
      name="users"
      title={t('nav.users')}
      path="/admin/users"
      csvPath="/admin/csv/users"
      columns={columns}
      filters={filters}
      searchLabel={t('users.search')}
      nameOf={({ username }) => username}
    />
  );
}
