import { Injectable, type PipeTransform } from '@nestjs/common';
import { unknownRoute } from './problem.js';

/**
 * An id from the path. One too large to exist stays one that does not exist.
 *
 * @throws Problem 404 for what is no number, as no route is there
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
