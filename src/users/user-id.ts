import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';

/** The user that a path names; `me` is the signed-in user. */
export const UserId = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const { params, user } = context.switchToHttp().getRequest();
  return params.id === 'me' ? user.id : new IdPipe().transform(params.id);
});

export function ApiUserId(): MethodDecorator {
  return ApiParam({
    name: 'id',
    description: 'Id of the user, or `me`.',
    schema: { type: 'string', example: 'me' },
  });
}
