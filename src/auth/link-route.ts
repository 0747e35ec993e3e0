import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { IsString } from 'class-validator';
import { accountOfLink } from '../rate-limit/trackers.js';
import { OutcomeDto } from './email-actions.dto.js';
import { AlsoAsPage, type Form } from './page.interceptor.js';

/** The two parts of a mailed link. `AccountTokensService` checks that they belong together. */
export class LinkParams {
  @IsString()
  uidb64!: string;

  @IsString()
  token!: string;
}

/** A route of a mailed link, with its rate limits and documentation. It is also a page for browsers, with this form. */
export function LinkRoute(form?: Form): MethodDecorator {
  return applyDecorators(
    Throttle({ account: { limit: 60, getTracker: accountOfLink }, address: { limit: 120 } }),
    AlsoAsPage(form),
    ApiParam({
      name: 'uidb64',
      description: 'base64url of the user’s id.',
      schema: { type: 'string', example: 'NDI' },
    }),
    ApiParam({ name: 'token', description: 'From the mail; valid once.', schema: { type: 'string' } }),
    ApiOkResponse({ type: OutcomeDto }),
  );
}
