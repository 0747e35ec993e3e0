import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { createHash } from 'node:crypto';
import { from, mergeMap, type Observable } from 'rxjs';
import { Counters } from './counters.js';

export const CREDENTIALS_LIMIT = Symbol('credentials limit');

/** Hits a minute that a route takes on one account, and from one address. */
export interface CredentialsLimit {
  /** Left out where the account is counted by whoever finds it (`GuessesService`). */
  account?: { hits: number; named: AccountNamed };
  address: number;
}

/** Where the route reads whose account it is about; what it does not read must not tell accounts apart. */
type AccountNamed = 'username' | 'email' | 'link' | 'token';

/** Limits a route that takes credentials tightly, by the account that it is about and by address. */
export const LimitCredentials = (limit: CredentialsLimit) => SetMetadata(CREDENTIALS_LIMIT, limit);

/** Where the guard notes the counters that a request was counted on. */
export const COUNTED_ON = Symbol('counted on');

/** The account that a request is about. Only a hash, so that no address lies around in a counter's name. */
export function accountIn({ body, params, headers }: Record<string, any>, named: AccountNamed): string {
  const names = {
    username: body?.username,
    email: body?.email,
    link: params?.uidb64,
    token: headers?.authorization,
  };
  return hashedName(String(names[named] ?? ''));
}

export function hashedName(name: string): string {
  return createHash('sha256').update(name.toLowerCase()).digest('base64url');
}

/** Takes the count back when the request succeeds: what is limited are wrong guesses. */
@Injectable()
export class ReturnHitOnSuccess implements NestInterceptor {
  constructor(private readonly counters: Counters) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const keys: string[] = context.switchToHttp().getRequest()[COUNTED_ON] ?? [];
    return next.handle().pipe(mergeMap((answer) => from(this.counters.returnHits(keys).then(() => answer))));
  }
}
