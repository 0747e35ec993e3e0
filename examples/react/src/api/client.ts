import { API_URL } from '../base';
import { accessToken, renewSession } from './access-token';
import { toApiError } from './api-error';
import { cartToken, forgetCartToken, setCartToken } from './cart-token';
import { client } from './generated/client.gen';
import type { Auth } from './generated/core/auth.gen';
import type { Problem } from './generated/types.gen';
import { currentLanguage } from '../i18n/language';
import { inOneTab, untilWritten } from '../../../shared/tabs/in-one-tab';
import { currentSession, type Session } from './session';

/** A request without a response in this time has failed. */
const TIMEOUT_MS = 20_000;
const CART_TOKEN = 'X-Cart-Token';

/** Sets up the generated client; `credentials` returns what the document requires for an operation. */
export function configureClient(): void {
  client.setConfig({ baseUrl: API_URL, auth: credentials, fetch: send });
  client.interceptors.error.use(toApiError);
}

async function credentials({ name }: Auth): Promise<string | undefined> {
  if (name !== CART_TOKEN) return accessToken();
  return currentSession() ? undefined : (cartToken() ?? undefined);
}

function send(input: RequestInfo | URL): Promise<Response> {
  const request = input as Request; // the generated client always passes a Request
  request.headers.set('accept-language', currentLanguage()); // a guest's mails are in the language of the page
  const session = currentSession();
  return session ? sendAsCustomer(request, session) : sendAsGuest(request);
}

async function sendAsCustomer(request: Request, session: Session): Promise<Response> {
  const again = request.clone();
  const response = await fetchInTime(request);
  if (response.status !== 401 || !request.headers.has('authorization')) return response;
  // The token has not expired by this machine's clock: its session has ended, or the clocks differ.
  const renewed = await renewSession(session);
  if (!renewed) return response;
  again.headers.set('authorization', `Bearer ${renewed.access}`);
  return fetchInTime(again);
}

async function sendAsGuest(request: Request): Promise<Response> {
  const token = request.headers.get(CART_TOKEN);
  const again = request.clone();
  const addsProduct = request.method === 'POST' && request.url === `${API_URL}/api/cart`;
  const response = addsProduct && !token ? await openCart(request) : await fetchInTime(request);
  if (!token || !(await isCartGone(response))) return response;
  forgetCartToken(token);
  if (!addsProduct) return response;
  again.headers.delete(CART_TOKEN);
  return openCart(again);
}

/** The first product creates the cart, in one tab at a time, so that products of two tabs are in the same cart. */
function openCart(request: Request): Promise<Response> {
  return inOneTab('cart', async (afterAnother) => {
    if (afterAnother) await untilWritten(() => cartToken() !== null);
    const token = cartToken();
    if (token) request.headers.set(CART_TOKEN, token);
    const response = await fetchInTime(request);
    const given = response.headers.get(CART_TOKEN);
    if (given) setCartToken(given);
    return response;
  });
}

/** Checks the code, since a wrong password is a 401, too. */
async function isCartGone(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem: Partial<Problem> = await response.clone().json();
  return problem.code === 'cart_token_not_valid';
}

function fetchInTime(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
}
