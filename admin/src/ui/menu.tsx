import { type ReactNode, useEffect, useRef } from 'react';
import { Icon, type IconName } from './icon';

interface MenuProps {
  icon: IconName;
  label: string;
  children: ReactNode;
}

/** A panel that its button opens. Escape, and a click elsewhere, close it. */
export function Menu({ icon, label, children }: MenuProps) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeOutside = (event: MouseEvent | FocusEvent) => {
      if (!ref.current?.contains(event.target as Node)) ref.current!.open = false;
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, []);
  return (
    <details
      ref={ref}
      className="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        ref.current!.open = false;
        ref.current!.querySelector('summary')!.focus();
      }}
    >
      <summary className="button button-plain">
        <Icon name={icon} />
        <span className="menu-label">{label}</span>
      </summary>
      <div className="menu-panel">{children}</div>
    </details>
  );
}
