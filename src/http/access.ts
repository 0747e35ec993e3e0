import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Role } from './role.js';
import { type Language, preferredLanguage } from './language.js';

/** The user who makes the request, with the session's present role. */
export interface Principal {
  id: number;
  role: Role;
  sessionId: string;
  /** Id of this request in the log of the process. */
  requestId: string;
}

export const PUBLIC = Symbol('public');
export const ROLES_ALLOWED = Symbol('roles');
export const GUESTS_ALLOWED = Symbol('guests');

export const CART_TOKEN_HEADER = 'x-cart-token';
export const CART_TOKEN_HELP =
  'Token of a guest’s cart, as the first `POST /api/cart` without credentials answered it; good for 30 days from its last use. `Authorization` counts before it.';

/**
 * Opens a route to everybody. Without it a route needs a signed-in user.
 *
 * @param readsUser a request may carry credentials: they must then be valid, and give the current user
 */
export const Public = ({ readsUser = false } = {}) =>
  applyDecorators(
    SetMetadata(PUBLIC, readsUser ? 'reads the user' : true),
    ApiExtension('x-public', readsUser ? 'reads the user' : true),
  );

/** Narrows a route to users of one role. */
export const Roles = (role: Role) =>
  applyDecorators(SetMetadata(ROLES_ALLOWED, role), ApiExtension('x-role', role));

/** Opens a route to guests as well: clients without an account that send the token of a cart. */
export const OpenToGuests = ({ withoutCart = false }: { withoutCart?: boolean } = {}) =>
  applyDecorators(
    SetMetadata(GUESTS_ALLOWED, withoutCart ? 'without a cart' : 'with a cart'),
    ApiExtension('x-guests', withoutCart ? 'without a cart' : 'with a cart'),
  );

/** Documents the header on a route that signs in. */
export const MergesCart = () =>
  ApiHeader({
    name: 'X-Cart-Token',
    required: false,
    description: 'Of a guest’s cart: it goes into the user’s.',
  });

/** A client without an account. */
export interface Guest {
  /** Token of the cart; undefined for a guest without a cart. */
  cartToken?: string;
  client: ClientInfo;
  /** Sends the token of a new cart in the response header. */
  sendCartToken(token: string): void;
}

/** The owner of a cart: a user, or a guest with a cart. */
export interface Shopper {
  /** A user's id, or the negative one of a guest's cart. */
  id: number;
  guest?: Guest;
}

/** A shopper, or a guest without a cart. */
export type AnyShopper = Shopper | { id: undefined; guest: Guest };

/** The user or guest, on routes with `@OpenToGuests()`. */
export const CurrentShopper = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AnyShopper => {
    const request = context.switchToHttp().getRequest<{ user?: Principal; shopper?: AnyShopper }>();
    return request.shopper ?? request.user!;
  },
);

export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest().user,
);

/** The client of a request: address and user agent, for the list of sessions, and its preferred language. */
export interface ClientInfo {
  language: Language;
  address: string;
  userAgent: string;
  /** Token of the guest's cart, if the request names one. */
  cartToken?: string;
}

export const Client = createParamDecorator((_data: unknown, context: ExecutionContext): ClientInfo =>
  clientOf(context.switchToHttp().getRequest()),
);

export function clientOf({ headers, ip }: FastifyRequest): ClientInfo {
  return {
    language: preferredLanguage(headers),
    address: ip,
    userAgent: String(headers['user-agent'] ?? '').slice(0, 400),
    cartToken: headers[CART_TOKEN_HEADER] as string | undefined,
  };
}
