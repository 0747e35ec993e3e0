/** `localStorage`, which all tabs share. Where it is blocked, values last as long as the page. */
const unstored = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return unstored.get(key) ?? null;
  }
}

export function writeStored(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    if (text === null) unstored.delete(key);
    else unstored.set(key, text);
  }
}

/** Calls back after a write of another tab, and when the page returns from the browser's cache, where it misses events. */
export function onStoredElsewhere(key: string, changed: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) changed();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) changed();
  });
}
