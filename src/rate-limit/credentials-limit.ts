import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { createHash } from 'node:crypto';
import { from, mergeMap, type Observable } from 'rxjs';
import { RateLimitsRepository } from './rate-limits.repository.js';

export const CREDENTIALS_LIMIT = Symbol('credentials limit');

/** Hits a minute on one account, and from one address, that a route takes. */
export interface CredentialsLimit {
  account: number;
  address: number;
}

/** Limits a route that takes credentials tightly, by the account that the body names and by address. */
export const LimitCredentials = (limit: CredentialsLimit) => SetMetadata(CREDENTIALS_LIMIT, limit);

/** Where the guard notes the counters that a request was counted on. */
export const COUNTED_ON = Symbol('counted on');

/**
 * The account that a request is about: named by its body, by the link it follows, or by its token. Only a hash, so
 * that no address lies around in a counter's name.
 */
export function accountNamed({ body, params, headers }: Record<string, any>): string {
  const names = [body?.username, body?.email, params?.uidb64, headers?.authorization];
  const name = names.find((value) => typeof value === 'string' && value !== '') ?? '';
  return createHash('sha256').update(String(name).toLowerCase()).digest('base64url');
}

/** Takes the count back when the request succeeds: what is limited are wrong guesses. */
@Injectable()
export class ReturnHitOnSuccess implements NestInterceptor {
  constructor(private readonly counters: RateLimitsRepository) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const keys: string[] = context.switchToHttp().getRequest()[COUNTED_ON] ?? [];
    return next.handle().pipe(mergeMap((answer) => from(this.counters.returnHits(keys).then(() => answer))));
  }
}
