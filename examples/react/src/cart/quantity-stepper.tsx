import { useEffect, useState } from 'react';
import { useText } from '../i18n/language';

interface Props {
  label: string;
  value: number;
  max: number;
  disabled?: boolean;
  onChange: (quantity: number) => void;
}

/** A whole number from 1; typed values take effect on blur, or by Enter. */
export function QuantityStepper({ label, value, max, disabled = false, onChange }: Props) {
  const { t } = useText();
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped(String(value)), [value]);

  function choose(quantity: number) {
    const possible = Math.min(Math.max(1, Math.trunc(quantity) || 1), max);
    setTyped(String(possible));
    if (possible !== value) onChange(possible);
  }

  return (
    <div className="stepper" role="group" aria-label={label}>
      <button
        type="button"
        aria-label={t('cart.less')}
        disabled={disabled || value <= 1}
        onClick={() => choose(value - 1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={label}
        min="1"
        max={max}
        value={typed}
        disabled={disabled}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => choose(Number(typed))}
        onKeyDown={(event) => event.key === 'Enter' && choose(Number(typed))}
      />
      <button
        type="button"
        aria-label={t('cart.more')}
        disabled={disabled || value >= max}
        onClick={() => choose(value + 1)}
      >
        +
      </button>
    </div>
  );
}
