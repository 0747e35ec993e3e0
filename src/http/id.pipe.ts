import { Injectable, type PipeTransform } from '@nestjs/common';
import { invalidField } from './problem.js';

/** An id from the path: digits, or 400; one too large to exist stays one that does not exist. */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^\d{1,30}$/.test(value)) throw invalidField('id', 'id must be a whole number');
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }
}
