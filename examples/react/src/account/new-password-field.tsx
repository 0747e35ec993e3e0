import { useText } from '../i18n/language';
import { Field } from '../ui/form';

/** A password that is being chosen, with the API's bounds. */
export function NewPasswordField({ name, label }: { name: string; label: string }) {
  const { t } = useText();
  return (
    <Field
      name={name}
      label={label}
      type="password"
      hint={t('field.password.hint')}
      autoComplete="new-password"
      minLength={8}
      maxLength={128}
      required
    />
  );
}
