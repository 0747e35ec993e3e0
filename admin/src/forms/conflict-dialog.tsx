import { useState } from 'react';
import type { FieldValues } from 'react-hook-form';
import { useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

interface ConflictDialogProps<Values extends FieldValues> {
  labels: Record<keyof Values & string, string>;
  /** The record when the form was opened. */
  base: Values;
  mine: Values;
  theirs: Values;
  onChosen: (values: Values) => Promise<void>;
  onClose: () => void;
}

type Side = 'mine' | 'theirs';

/** For each field: the typed value, the current value, and a choice between them. */
export function ConflictDialog<Values extends FieldValues>(props: ConflictDialogProps<Values>) {
  const { labels, base, mine, theirs, onChosen, onClose } = props;
  const { t } = useI18n();
  const names = Object.keys(labels).filter((name) => mine[name] !== theirs[name]);
  const [sides, setSides] = useState<Record<string, Side | undefined>>(() =>
    Object.fromEntries(names.map((name) => [name, onlySide(base[name], mine[name], theirs[name])])),
  );
  const [isSaving, setSaving] = useState(false);
  const isDecided = names.every((name) => sides[name]);

  const apply = async () => {
    setSaving(true);
    const chosen = names.filter((name) => sides[name] === 'mine').map((name) => [name, mine[name]]);
    await onChosen({ ...theirs, ...Object.fromEntries(chosen) });
    setSaving(false);
  };

  return (
    <Dialog title={t('conflict.title')} onClose={onClose} wide>
      <div className="dialog-body">
        <p>{t('conflict.why')}</p>
        {names.map((name) => (
          <fieldset key={name} className="conflict">
            <legend>{labels[name]}</legend>
            {(['mine', 'theirs'] as const).map((side) => (
              <label
                key={side}
                className={sides[name] === side ? 'conflict-side conflict-chosen' : 'conflict-side'}
              >
                <input
                  type="radio"
                  name={`conflict-${name}`}
                  checked={sides[name] === side}
                  onChange={() => setSides({ ...sides, [name]: side })}
                />
                <span className="conflict-whose">{t(`conflict.${side}`)}</span>
                <span className="conflict-value">
                  {shown((side === 'mine' ? mine : theirs)[name], t('yes'), t('no'))}
                </span>
              </label>
            ))}
          </fieldset>
        ))}
        {names.length === 0 && <p>{t('conflict.same')}</p>}
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>{t('conflict.back')}</Button>
        <Button kind="primary" busy={isSaving} disabled={!isDecided} onClick={apply}>
          {t('conflict.save')}
        </Button>
      </footer>
    </Dialog>
  );
}

/** The only side that changed the field, if there is one. */
function onlySide(base: unknown, mine: unknown, theirs: unknown): Side | undefined {
  if (mine === base) return 'theirs';
  return theirs === base ? 'mine' : undefined;
}

function shown(value: unknown, yes: string, no: string): string {
  if (typeof value === 'boolean') return value ? yes : no;
  return String(value ?? '') || '–';
}
