import { type Agent, request } from 'node:http';

/** Sends a request on a keep-alive connection, without a retry. @returns the status, or the error's code */
export function send(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  token?: string,
  body?: unknown,
) {
  return new Promise<number | string>((resolve) => {
    const call = request(
      url + path,
      {
        agent,
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode!));
        response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      },
    );
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.setTimeout(60_000, () => call.destroy(new Error('no answer in a minute')));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
