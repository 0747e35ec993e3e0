import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Role } from './role.js';
import { type Language, preferredLanguage } from './language.js';

/** Who makes the request, as the session says at this moment. */
export interface Principal {
  id: number;
  role: Role;
  sessionId: string;
  /** Of this request, as the log of the process names it. */
  requestId: string;
}

export const PUBLIC = Symbol('public');
export const ROLES_ALLOWED = Symbol('roles');

/** Opens a route to everybody. Without it a route wants a signed-in user. */
export const Public = () => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension('x-public', true));

/** Narrows a route to users of one role. */
export const Roles = (role: Role) =>
  applyDecorators(SetMetadata(ROLES_ALLOWED, role), ApiExtension('x-role', role));

export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest().user,
);

/** Where a request comes from, to be shown in a list of sessions, and what its sender reads. */
export interface ClientInfo {
  language: Language;
  address: string;
  userAgent: string;
}

export const Client = createParamDecorator((_data: unknown, context: ExecutionContext): ClientInfo => {
  const request = context.switchToHttp().getRequest();
  return {
    language: preferredLanguage(request.headers),
    address: request.ip,
    userAgent: String(request.headers['user-agent'] ?? '').slice(0, 400),
  };
});
