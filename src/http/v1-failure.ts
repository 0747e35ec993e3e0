import { type ErrorAnswer, type FieldErrors, Problem, type ProblemDetails } from './problem.js';

/** Whether a canonical address belongs to the contract with the envelope, `/api/v1`. */
export function isV1(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

/** Laravel's messages, by the code of the problem. */
const SENTENCES: Record<string, string> = {
  not_authenticated: 'Unauthenticated.',
  token_not_valid: 'Unauthenticated.',
  no_active_account: 'These credentials do not match our records.',
  too_many_requests: 'Too Many Attempts.',
  permission_denied: 'This action is unauthorized.',
};

/** `{success: false, message, errors?}` as Laravel writes it: bad fields are 422, each message a sentence. */
export function v1Failure(
  status: number,
  code: string,
  detail: string,
  details: ProblemDetails = {},
): ErrorAnswer {
  const type = 'application/json';
  if (!details.errors) {
    return { status, type, body: { success: false, message: SENTENCES[code] ?? sentence(detail) } };
  }
  const errors = sentences(details.errors);
  return {
    status: status === 400 ? 422 : status,
    type,
    body: { success: false, message: summary(errors), errors },
  };
}

/** The message of Laravel's router for an unknown path, or for a wrong method. */
export function inLaravelsWords({ kind, code, details }: Problem, method: string, url: string): Problem {
  const route = url.replace(/\?.*/s, '').slice(1);
  const message = details.headers
    ? `The ${method} method is not supported for route ${route}. Supported methods: ${details.headers.allow}.`
    : `The route ${route} could not be found.`;
  return new Problem(kind, code, message, details);
}

function sentences(errors: FieldErrors): FieldErrors {
  const translated = Object.entries(errors).map(([field, messages]) => [
    field,
    messages.map((message) => sentence(aboutField(field, message))),
  ]);
  return Object.fromEntries(translated);
}

/** `birth_date must be …` becomes `The birth date field must be …`. */
function aboutField(field: string, message: string): string {
  if (!message.startsWith(`${field} `)) return message;
  return `The ${field.replaceAll('_', ' ')} field ${message.slice(field.length + 1)}`;
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** The first sentence and how many more there are. */
function summary(errors: FieldErrors): string {
  const [first = 'The given data was invalid.', ...others] = Object.values(errors).flat();
  if (others.length === 0) return first;
  return `${first} (and ${others.length} more error${others.length === 1 ? '' : 's'})`;
}
