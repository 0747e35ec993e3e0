import { applyDecorators, Header, HttpStatus, type Type } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** Documents a response whose JSON text PostgreSQL wrote, and sets its content type. */
export function JsonResponse(type: Type<unknown>, ...statuses: HttpStatus[]): MethodDecorator {
  return applyDecorators(
    ...(statuses.length ? statuses : [HttpStatus.OK]).map((status) => ApiResponse({ status, type })),
    Header('content-type', 'application/json; charset=utf-8'),
  );
}
