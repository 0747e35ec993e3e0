import type { ComponentProps, ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';
import { Icon, type IconName } from './icon';

interface Look {
  icon?: IconName;
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  children?: ReactNode;
}

const look = (kind: Look['kind'] = 'plain', className = '') => `button button-${kind} ${className}`;

interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Work is in progress: the button stays focusable, but has no effect. */
  busy?: boolean;
}

export function Button({ icon, kind, busy, children, className, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={look(kind, className)}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function LinkButton({ icon, kind, children, className, ...rest }: LinkProps & Look) {
  return (
    <Link {...rest} className={look(kind, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} className={`icon-button ${className}`} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
