/** An error of the API as a problem document (RFC 9457). */
export interface ProblemBody {
  code: string;
  detail: string;
  errors?: Record<string, string[]>;
}

/** A response of 400 or more; `status` is 0 when there was none. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ProblemBody & Record<string, unknown>,
  ) {
    super(body.detail || body.code);
  }

  get code(): string {
    return this.body.code;
  }

  /** Messages by the names of their fields. */
  get fields(): Record<string, string[]> {
    return this.body.errors ?? {};
  }
}

export interface Answer<T> {
  body: T;
  /** The value for `If-Match`. */
  etag: string | undefined;
}

/** @throws ApiError for any response of 400 or more */
export async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  if (!response.ok) throw toError(response, text);
  return {
    body: (text ? JSON.parse(text) : undefined) as T,
    etag: response.headers.get('etag') ?? undefined,
  };
}

export function toError(response: Response, text: string): ApiError {
  try {
    return new ApiError(response.status, JSON.parse(text));
  } catch {
    return new ApiError(response.status, {
      code: 'unreadable',
      detail: `${response.status} ${response.statusText}`,
    });
  }
}
