import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { IsString } from 'class-validator';

/** The two parts of a mailed link. `AccountTokensService` checks that they belong together. */
export class LinkParams {
  @IsString()
  uidb64!: string;

  @IsString()
  token!: string;
}

export function ApiLink(): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'uidb64',
      description: 'base64url of the user’s id.',
      schema: { type: 'string', example: 'NDI' },
    }),
    ApiParam({ name: 'token', description: 'From the mail; serves once.', schema: { type: 'string' } }),
  );
}
