import { HttpContext } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import { ApiError } from './api-error';
import { Api } from './generated/api';
import { refreshTokens } from './generated/functions';
import { inOneTab, untilWritten } from '../../../shared/tabs/in-one-tab';
import { WITHOUT_CREDENTIALS } from './without-credentials';
import { onStoredElsewhere, readStored, writeStored } from './storage';

/** Who is signed in, with the tokens of the last sign-in or refresh. */
export interface Tokens {
  userId: number;
  name: string;
  access: string;
  refresh: string;
}

/** All tabs share it. */
const STORAGE_KEY = 'comptoir.session';
/** In this tab, until somebody signs in. */
const ENDED_KEY = 'comptoir.sessionEnded';
/** A token that runs out within this time is renewed before it is sent. */
const LEEWAY_MS = 30_000;

/**
 * The session of this page. Another account, or none, means another page: whatever ends a session loads the shop anew,
 * so that no answer, form or dialog of the account before can show up.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly api = inject(Api);
  private readonly tokens = signal(storedTokens());
  private renewal?: Promise<Tokens>;

  readonly userId = computed(() => this.tokens()?.userId ?? null);
  readonly name = computed(() => this.tokens()?.name ?? '');

  constructor() {
    onStoredElsewhere(STORAGE_KEY, () => {
      const stored = storedTokens();
      if (stored ?? this.tokens()) void this.adopt(stored);
    });
  }

  /** Whether the API has ended the session that was here before; not its owner, who is told why. */
  get hasEnded(): boolean {
    return this.tokens() === null && readOfTab(ENDED_KEY) !== null;
  }

  start(tokens: Tokens): void {
    writeOfTab(ENDED_KEY, null);
    this.keep(tokens);
  }

  /** Its owner leaves, to the first page. */
  leave(): void {
    writeStored(STORAGE_KEY, null);
    location.replace(document.baseURI);
  }

  /** The access token for a request; `undefined` when nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    const tokens = this.tokens();
    if (!tokens) return undefined;
    if (expiresAt(tokens.access) - Date.now() > LEEWAY_MS) return tokens.access;
    return this.renew(tokens.access);
  }

  /** Trades the refresh token: once for all requests that wait for it, and for all tabs. @returns a new access token */
  async renew(staleAccess: string): Promise<string> {
    this.renewal ??= inOneTab('refresh', (afterAnother) => this.trade(staleAccess, afterAnother)).finally(
      () => (this.renewal = undefined),
    );
    return (await this.renewal).access;
  }

  /**
   * Refresh tokens rotate, and one that comes twice may end the session; so the tab that gets the lock trades it, and the
   * others find its result in the storage. Where there are no locks, the API's ten seconds of grace have to do.
   */
  private async trade(staleAccess: string, afterAnother: boolean): Promise<Tokens> {
    if (afterAnother) await untilWritten(() => storedTokens()?.access !== staleAccess);
    const stored = storedTokens();
    if (!stored || stored.access !== staleAccess) return this.adopt(stored);
    const body = { refresh: stored.refresh };
    const context = new HttpContext().set(WITHOUT_CREDENTIALS, true);
    try {
      const { access, refresh } = await this.api.invoke(refreshTokens, { body }, context);
      const now = storedTokens();
      if (now?.refresh !== stored.refresh) return this.adopt(now); // signed out or in meanwhile
      return this.keep({ ...stored, access, refresh });
    } catch (error) {
      // No network, or too much to do: the session is as good as before.
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (storedTokens()?.refresh === stored.refresh) writeStored(STORAGE_KEY, null);
      writeOfTab(ENDED_KEY, 'true');
      return startOver();
    }
  }

  /** Takes what another tab has left: newer tokens of this account, or another account, which is another page. */
  private adopt(tokens: Tokens | null): Tokens | Promise<never> {
    if (!tokens || tokens.userId !== this.tokens()?.userId) return startOver();
    this.tokens.set(tokens);
    return tokens;
  }

  private keep(tokens: Tokens): Tokens {
    writeStored(STORAGE_KEY, JSON.stringify(tokens));
    this.tokens.set(tokens);
    return tokens;
  }
}

function startOver(): Promise<never> {
  location.reload();
  return new Promise(() => {}); // what waits for an answer ends with the page
}

function readOfTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeOfTab(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Storage is blocked: there is a sign-in form, and nothing that says why.
  }
}

function storedTokens(): Tokens | null {
  try {
    return JSON.parse(readStored(STORAGE_KEY) ?? 'null') as Tokens | null;
  } catch {
    return null;
  }
}

function expiresAt(jwt: string): number {
  try {
    const payload = jwt.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000;
  } catch {
    return 0;
  }
}
