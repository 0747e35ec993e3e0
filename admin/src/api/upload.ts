import { ApiError, type ProblemBody } from './answers';
import { apiUrl } from './addresses';
import { accessToken, renew } from './session';

/**
 * Sends a form with a file, again with a new token after a 401.
 *
 * @param tell of the part that was sent, from 0 to 1: `fetch` tells nothing of it
 * @throws ApiError for any answer of 400 or more, with status 0 when there is none
 */
export async function upload(
  method: 'POST' | 'PUT',
  path: string,
  form: FormData,
  tell: (part: number) => void,
): Promise<void> {
  const token = accessToken();
  const first = await send(method, path, form, tell, token);
  if (first?.status !== 401) return refuse(first);
  await renew(token);
  return refuse(await send(method, path, form, tell, accessToken()));
}

function refuse(error: ApiError | undefined): void {
  if (error) throw error;
}

function send(
  method: string,
  path: string,
  form: FormData,
  tell: (part: number) => void,
  token: string | undefined,
): Promise<ApiError | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, apiUrl(path));
    request.setRequestHeader('accept', 'application/json');
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.addEventListener('progress', ({ loaded, total }) => tell(total ? loaded / total : 0));
    request.addEventListener('error', () => resolve(new ApiError(0, { code: 'no_answer', detail: '' })));
    request.addEventListener('load', () => resolve(errorOf(request)));
    request.send(form);
  });
}

function errorOf({ status, responseText }: XMLHttpRequest): ApiError | undefined {
  if (status < 400) return undefined;
  try {
    return new ApiError(status, JSON.parse(responseText) as ProblemBody & Record<string, unknown>);
  } catch {
    return new ApiError(status, { code: 'unreadable', detail: String(status) });
  }
}
