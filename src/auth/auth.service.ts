import { Injectable } from '@nestjs/common';
import type { CartMergeDto } from '../cart/cart.dto.js';
import { CartService } from '../cart/cart.service.js';
import type { Transaction } from '../database/database.js';
import type { ClientInfo, Principal } from '../http/access.js';
import { invalidField, Problem } from '../http/problem.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { GuestOrdersService } from '../orders/guest-orders.service.js';
import { IDLE_LIFETIME_S, noActiveAccount, SessionsService } from '../sessions/sessions.service.js';
import { type RegisterDto, userDto } from '../users/users.dto.js';
import { CredentialsService } from '../users/credentials.service.js';
import { type User, UsersService } from '../users/users.service.js';
import type { LoginDto, RegisteredDto, SignedInDto, TokenPairDto, ValidTokenDto } from './auth.dto.js';
import { PrincipalsService } from './principals.service.js';
import { ACCESS_TOKEN_LIFETIME_S, invalidToken, TokensService } from './tokens.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly tokens: TokensService,
    private readonly principals: PrincipalsService,
    private readonly carts: CartService,
    private readonly guestOrders: GuestOrdersService,
  ) {}

  /**
   * Creates a customer and signs it in. A retry with the same `Idempotency-Key` opens another session: tokens are not
   * stored.
   *
   * @throws Problem 400 naming the fields that are missing, malformed or taken; 422 when the key was used for another
   *   registration
   */
  async register(
    account: RegisterDto,
    client: ClientInfo,
    request?: IdempotentRequest,
  ): Promise<RegisteredDto> {
    const language = account.language ?? client.language;
    return this.users.register({ ...account, language }, { client, request }, async (user, tx) => {
      const { id, username, email } = user;
      return { id, username, email, ...(await this.signIn(user, client, tx)) };
    });
  }

  /** @throws Problem 400 without a name; 401 `no_active_account`, the same for every wrong pair */
  async login({ username, email, password }: LoginDto, client: ClientInfo): Promise<SignedInDto> {
    const login = username ?? email;
    if (!login) throw invalidField('username', 'username or email is required');
    return this.signIn(await this.authenticate(login, password, client), client);
  }

  /** @throws Problem 401 `no_active_account`, the same for every wrong pair */
  async authenticate(login: string, password: string, client: ClientInfo): Promise<User> {
    const user = await this.credentials.authenticate(login, password, client);
    if (!user) throw noActiveAccount();
    return user;
  }

  /** The token of a new session for a client without refresh tokens: valid until the session expires. */
  async openBearer(user: User, client: ClientInfo, tx?: Transaction): Promise<string> {
    const { sessionId, now } = await this.sessions.open(user, client, tx);
    await this.takeOver(user, client, tx);
    return this.tokens.sign(user.id, sessionId, now, IDLE_LIFETIME_S);
  }

  /** Ends this session and opens its successor. @throws Problem 401 `token_not_valid` for one that has ended */
  async renewBearer(user: Principal, client: ClientInfo): Promise<string> {
    const { sessionId, now } = await this.sessions.renew(user.sessionId, client);
    return this.tokens.sign(user.id, sessionId, now, IDLE_LIFETIME_S);
  }

  /** @throws Problem 401 `token_not_valid` */
  async refresh(refreshToken: string): Promise<TokenPairDto> {
    const { userId, sessionId, refresh, now } = await this.sessions.refresh(refreshToken);
    return { access: this.tokens.sign(userId, sessionId, now), refresh };
  }

  /** Every token of the session is refused from now on, by every process. */
  async logout(user: Principal): Promise<void> {
    await this.sessions.end(user.sessionId);
  }

  /** @throws Problem 401 with `valid: false` */
  async validate(token: string): Promise<ValidTokenDto> {
    try {
      const claims = this.tokens.verify(token);
      await this.principals.find(claims);
      return { valid: true, user_id: claims.user_id, exp: claims.exp };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    throw invalidToken({ valid: false });
  }

  private async signIn(user: User, client: ClientInfo, tx?: Transaction): Promise<SignedInDto> {
    const { sessionId, refresh, now } = await this.sessions.open(user, client, tx);
    const cart_merge = await this.takeOver(user, client, tx);
    const access = this.tokens.sign(user.id, sessionId, now);
    return {
      access,
      refresh,
      token: access,
      access_token: access,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_S,
      user: userDto(user),
      ...(cart_merge && { cart_merge }),
    };
  }

  /** Gives the account what the user did as a guest: orders by its verified address, and the cart of `X-Cart-Token`. */
  private async takeOver(
    user: User,
    { cartToken }: ClientInfo,
    tx?: Transaction,
  ): Promise<CartMergeDto | undefined> {
    await this.guestOrders.claim(user.id, tx);
    return this.carts.merge(cartToken, user.id, tx);
  }
}
