import { useMutation, useQueryClient } from '@tanstack/react-query';
import { listSessionsQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { updateUser } from '../api/generated/sdk.gen';
import { useText } from '../i18n/language';
import { Field, Form } from '../ui/form';
import { NewPasswordField } from './new-password-field';

export function PasswordForm({ userId }: { userId: number }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: ({ values }: { values: Record<string, string>; form: HTMLFormElement }) =>
      updateUser({
        path: { id: userId },
        body: { current_password: values.current_password, password: values.password },
      }),
    onSuccess: (_answer, { form }) => {
      form.reset();
      void queryClient.invalidateQueries({ queryKey: listSessionsQueryKey() });
    },
  });
  return (
    <Form
      busy={change.isPending}
      error={change.error}
      onSubmit={(values, form) => change.mutate({ values, form })}
    >
      <h3>{t('account.password.title')}</h3>
      <Field
        name="current_password"
        label={t('field.currentPassword')}
        type="password"
        autoComplete="current-password"
        required
      />
      <NewPasswordField name="password" label={t('field.newPassword')} />
      {change.isSuccess && (
        <p className="notice notice-good" role="status">
          {t('account.password.done')}
        </p>
      )}
      <button type="submit" className="button" aria-busy={change.isPending}>
        {t('account.password.submit')}
      </button>
    </Form>
  );
}
