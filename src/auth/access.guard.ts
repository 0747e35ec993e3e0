import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GuestCartsService, invalidCartToken } from '../cart/guest-carts.service.js';
import {
  type AnyShopper,
  CART_TOKEN_HEADER,
  clientOf,
  GUESTS_ALLOWED,
  type Principal,
  PUBLIC,
  ROLES_ALLOWED,
} from '../http/access.js';
import { forbidden, unauthenticated } from '../http/problem.js';
import type { Role } from '../http/role.js';
import { PrincipalsService } from './principals.service.js';
import { invalidToken } from './tokens.service.js';

/** URLs as contracts 000 and 004 write them: ending in `/add` or a slash. */
const CONTRACT_URL = /^[^?]*(\/add|\/)(\?|$)/;

type GuestsAllowed = 'with a cart' | 'without a cart' | undefined;

type SignedRequest = FastifyRequest & { user: Principal; shopper?: AnyShopper };

/**
 * Closes every route without `@Public()`, and restricts those with `@Roles(role)`. A request without
 * `Authorization` may come from a guest on a route with `@OpenToGuests()`.
 */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly principals: PrincipalsService,
    private readonly guestCarts: GuestCartsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = [context.getHandler(), context.getClass()];
    const isPublic = this.reflector.getAllAndOverride<true | 'reads the user' | undefined>(PUBLIC, route);
    if (isPublic === true) return true;

    const http = context.switchToHttp();
    const request = http.getRequest<SignedRequest>();
    if (isPublic && request.headers.authorization === undefined) return true;
    const reply = http.getResponse<FastifyReply>();
    const claims = this.principals.claimsIn(request.headers.authorization);
    if (claims) request.user = { ...(await this.principals.find(claims)), requestId: request.id };
    else {
      request.shopper = await this.guestOf(request, reply, context);
      if (!request.shopper) await super.canActivate(context);
    }
    reply.header('cache-control', 'no-store');
    if (request.shopper) return true;

    const role = this.reflector.getAllAndOverride<Role | undefined>(ROLES_ALLOWED, route);
    if (role && request.user.role !== role)
      throw forbidden('permission_denied', `Only the role ${role} may do this.`);
    return true;
  }

  /**
   * The guest behind a request without credentials: the one whose cart `X-Cart-Token` names. Without that header, only
   * `POST /api/cart` opens a cart. The URLs of contracts 000 and 004 do not: their clients expect 401, and then sign in.
   *
   * @throws Problem 401 `cart_token_not_valid`
   */
  private async guestOf(
    request: SignedRequest,
    reply: FastifyReply,
    context: ExecutionContext,
  ): Promise<AnyShopper | undefined> {
    if (request.headers.authorization !== undefined) return undefined;
    const allowed = this.reflector.get<GuestsAllowed>(GUESTS_ALLOWED, context.getHandler());
    if (!allowed) return undefined;
    const cartToken = request.headers[CART_TOKEN_HEADER] as string | undefined;
    const guest = {
      client: clientOf(request),
      sendCartToken: (token: string) => void reply.header(CART_TOKEN_HEADER, token),
    };
    const id = cartToken === undefined ? undefined : await this.guestCarts.find(cartToken);
    if (id !== undefined) {
      guest.sendCartToken(cartToken!);
      return { id, guest: { ...guest, cartToken } };
    }
    const isGuest = cartToken !== undefined || !CONTRACT_URL.test(request.originalUrl);
    if (allowed === 'without a cart' && isGuest) return { id, guest };
    if (cartToken !== undefined) throw invalidCartToken();
    return undefined;
  }

  override handleRequest<User>(error: unknown, user: User | false, info: Error | undefined): User {
    if (error) throw error;
    if (user) return user;
    if (info?.message === 'No auth token') {
      throw unauthenticated('not_authenticated', 'Authentication credentials were not provided.');
    }
    throw invalidToken();
  }
}
