import { API_URL } from '../base';
import { accessToken, renewSession } from './access-token';
import { toApiError } from './api-error';
import { client } from './generated/client.gen';
import { currentSession } from './session';

/** A request that has no answer by then is taken for one that failed. */
const TIMEOUT_MS = 20_000;

/** Sets up the generated client; operations that the document marks as signed-in ask `accessToken` for theirs. */
export function configureClient(): void {
  client.setConfig({ baseUrl: API_URL, auth: accessToken, fetch: send });
  client.interceptors.error.use(toApiError);
}

async function send(input: RequestInfo | URL): Promise<Response> {
  const request = input as Request; // the generated client sends nothing else
  const session = currentSession();
  const again = request.clone();
  const response = await fetchInTime(request);
  // The token was good by this machine's clock; its session ended, or the clocks differ.
  if (response.status !== 401 || !session || !request.headers.has('authorization')) return response;
  const renewed = await renewSession(session);
  if (!renewed) return response;
  again.headers.set('authorization', `Bearer ${renewed.access}`);
  return fetchInTime(again);
}

function fetchInTime(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
}
