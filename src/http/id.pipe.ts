import { Injectable, type PipeTransform } from '@nestjs/common';
import { unknownRoute } from './problem.js';

/**
 * An id from the path. A number that is too large becomes the largest safe integer, which no row has.
 *
 * @throws Problem 404 for other text, as for an unknown route
 */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^\d{1,30}$/.test(value)) throw unknownRoute();
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }
}

/** An id, or else a slug. */
@Injectable()
export class IdOrSlugPipe implements PipeTransform<string, number | string> {
  transform(value: string): number | string {
    return /^\d{1,30}$/.test(value) ? Math.min(Number(value), Number.MAX_SAFE_INTEGER) : value;
  }
}
