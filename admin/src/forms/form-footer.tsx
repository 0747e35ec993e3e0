import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';

/** The buttons of a form: discard the changes, save. */
export function FormFooter({ onReset, canReset, isSaving }: FormFooterProps) {
  const { t } = useI18n();
  return (
    <footer className="form-footer">
      <Button onClick={onReset} disabled={!canReset}>
        {t('form.reset')}
      </Button>
      <Button type="submit" kind="primary" busy={isSaving}>
        {t('save')}
      </Button>
    </footer>
  );
}

interface FormFooterProps {
  onReset: () => void;
  canReset: boolean;
  isSaving: boolean;
}
