import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export function LogoMark() {
  return (
    <svg className="logo-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path d="M4 28V16a12 12 0 0 1 24 0v12Z" fill="var(--accent)" />
      <path d="M9 28V17a7 7 0 0 1 14 0v11Z" fill="var(--paper)" />
      <path d="M2 28h28" stroke="var(--ink)" strokeWidth="2.5" strokeLinecap="round" />
      <circle cx="16" cy="20" r="2.6" fill="var(--brass)" />
    </svg>
  );
}

export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </Icon>
);

export const HeartIcon = () => (
  <Icon>
    <path
      className="heart"
      d="M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z"
    />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8.2" r="3.7" />
    <path d="M4.5 20c.8-3.8 3.9-5.8 7.5-5.800s6.7 2 7.5 5.8" />
  </Icon>
);

export const CartIcon = () => (
  <Icon>
    <path d="M5 8.500h14l-1.2 11.500H6.200Z" />
    <path d="M8.5 11V7.500a3.5 3.5 0 0 1 7 0V11" />
  </Icon>
);

export const FilterIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
