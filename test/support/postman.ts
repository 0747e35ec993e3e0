import newman, { type NewmanRunOptions, type NewmanRunSummary } from 'newman';

/** What became of one request of a collection. */
interface PostmanAnswer {
  name: string;
  method: string;
  path: string;
  status: number;
  /** As it was sent. */
  authorization?: string;
  headers: Record<string, string>;
  body: any;
}

export interface PostmanRun {
  answers: PostmanAnswer[];
  /** Failed tests and errors of scripts, in words. */
  failures: string[];
}

/** Runs a Postman collection, or one request or folder of it, as the command line of Postman does. */
export async function runPostman(
  collection: object,
  options: Partial<NewmanRunOptions> = {},
): Promise<PostmanRun> {
  const summary = await new Promise<NewmanRunSummary>((resolve, reject) =>
    newman.run({ collection: collection as never, ...options }, (error, done) =>
      error ? reject(error) : resolve(done),
    ),
  );
  const answers = summary.run.executions.map(({ item, request, response }) => {
    if (!response) throw new Error(`${item.name}: no answer`);
    const text = response.text();
    return {
      name: item.name,
      method: request.method,
      path: request.url.getPath(),
      status: response.code,
      authorization: request.headers.get('Authorization'),
      headers: response.headers.toObject() as Record<string, string>,
      body: /json/.test(response.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : text,
    };
  });
  const failures = summary.run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`);
  return { answers, failures };
}
