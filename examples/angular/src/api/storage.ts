/** `localStorage`, which all tabs share. Where it is blocked, what is kept lasts as long as the page. */
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

/** Calls back when another tab has written; also when the page comes back from the browser's cache, having missed it. */
export function onStoredElsewhere(key: string, changed: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) changed();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) changed();
  });
}
