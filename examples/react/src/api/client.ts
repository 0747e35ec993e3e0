import { API_URL } from '../base';
import { accessToken, renewSession } from './access-token';
import { toApiError } from './api-error';
import { cartToken, setCartToken } from './cart-token';
import { client } from './generated/client.gen';
import type { Auth } from './generated/core/auth.gen';
import { currentSession } from './session';

/** A request that has no answer by then is taken for one that failed. */
const TIMEOUT_MS = 20_000;
const CART_TOKEN = 'X-Cart-Token';

/** Sets up the generated client; operations ask `credentials` for what the document says that they take. */
export function configureClient(): void {
  client.setConfig({ baseUrl: API_URL, auth: credentials, fetch: send });
  client.interceptors.error.use(toApiError);
}

async function credentials({ name }: Auth): Promise<string | undefined> {
  if (name !== CART_TOKEN) return accessToken();
  return currentSession() ? undefined : (cartToken() ?? undefined);
}

async function send(input: RequestInfo | URL): Promise<Response> {
  const request = input as Request; // the generated client sends nothing else
  const session = currentSession();
  const again = request.clone();
  const response = await fetchInTime(request);
  const given = response.headers.get(CART_TOKEN);
  if (given) setCartToken(given);
  if (response.status !== 401) return response;
  if (session && request.headers.has('authorization')) {
    // The token was good by this machine's clock; its session ended, or the clocks differ.
    const renewed = await renewSession(session);
    if (!renewed) return response;
    again.headers.set('authorization', `Bearer ${renewed.access}`);
    return fetchInTime(again);
  }
  if (!session && request.headers.has(CART_TOKEN)) setCartToken(null); // it has run out: the next product opens a new cart
  return response;
}

function fetchInTime(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
}
