import { useState } from 'react';

/** A state that is stored in this browser, under a name. */
export function useRemembered<T>(name: string, initial: T): [T, (value: T) => void] {
  const key = `comptoir.admin.${name}`;
  const [value, setValue] = useState<T>(() => read(key) ?? initial);
  const remember = (next: T) => {
    localStorage.setItem(key, JSON.stringify(next));
    setValue(next);
  };
  return [value, remember];
}

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '') as T;
  } catch {
    return undefined;
  }
}
