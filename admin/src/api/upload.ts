import { ApiError, type ProblemBody } from './answers';
import { apiUrl } from './addresses';
import { accessToken, replaceToken } from './session';

/**
 * Sends a form with a file, and again with a new token after a 401.
 *
 * @param onProgress gets the part that was sent, from 0 to 1, which `fetch` does not report
 * @returns the body of the response
 * @throws ApiError for any response of 400 or more, with status 0 when there is none
 */
export async function upload<T>(
  method: 'POST' | 'PUT',
  path: string,
  form: FormData,
  onProgress: (part: number) => void,
): Promise<T> {
  const token = accessToken();
  const first = await send(method, path, form, onProgress, token);
  if (!isUnauthenticated(first)) return bodyOf<T>(first);
  await replaceToken(token);
  return bodyOf<T>(await send(method, path, form, onProgress, accessToken()));
}

function isUnauthenticated(answer: unknown): boolean {
  return answer instanceof ApiError && answer.status === 401;
}

function bodyOf<T>(answer: unknown): T {
  if (answer instanceof ApiError) throw answer;
  return answer as T;
}

function send(
  method: string,
  path: string,
  form: FormData,
  onProgress: (part: number) => void,
  token: string | undefined,
): Promise<unknown> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, apiUrl(path));
    request.setRequestHeader('accept', 'application/json');
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total ? loaded / total : 0),
    );
    request.addEventListener('error', () => resolve(new ApiError(0, { code: 'no_answer', detail: '' })));
    request.addEventListener('load', () => resolve(answerOf(request)));
    request.send(form);
  });
}

function answerOf({ status, responseText }: XMLHttpRequest): unknown {
  try {
    const body: unknown = JSON.parse(responseText);
    return status < 400 ? body : new ApiError(status, body as ProblemBody & Record<string, unknown>);
  } catch {
    return new ApiError(status, { code: 'unreadable', detail: String(status) });
  }
}
