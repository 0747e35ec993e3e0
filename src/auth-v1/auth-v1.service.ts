import { Injectable } from '@nestjs/common';
import { AuthService } from '../auth/auth.service.js';
import type { ClientInfo, Principal } from '../http/access.js';
import { OrdersService } from '../orders/orders.service.js';
import { type User, UsersService } from '../users/users.service.js';
import type {
  V1AccountDto,
  V1ChangePasswordDto,
  V1DoneDto,
  V1LoginDto,
  V1ProfileDto,
  V1ProfileUpdatedDto,
  V1RefreshedDto,
  V1RegisterDto,
  V1SignedInDto,
} from './auth-v1.dto.js';
import { accountWithStats, done, profileUpdated, refreshed, signedIn } from './auth-v1.presenter.js';

/** The accounts of the shop in the words and shapes of contract 002. */
@Injectable()
export class AuthV1Service {
  constructor(
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly orders: OrdersService,
  ) {}

  /** @throws Problem 400 naming the fields that are missing, malformed or taken */
  async register(registration: V1RegisterDto, client: ClientInfo): Promise<V1SignedInDto> {
    const { password_confirmation: _repeated, ...account } = registration;
    const language = account.language ?? client.language;
    const user = await this.users.registerByEmail({ ...account, language });
    return this.signIn('User registered successfully', user, client);
  }

  /** @throws Problem 401, the same for every wrong pair */
  async login({ email, password }: V1LoginDto, client: ClientInfo): Promise<V1SignedInDto> {
    const user = await this.auth.authenticate(email, password, client);
    return this.signIn('Login successful', user, client);
  }

  async logout(by: Principal): Promise<V1DoneDto> {
    await this.auth.logout(by);
    return done('Logged out successfully');
  }

  async account(by: Principal): Promise<V1AccountDto> {
    const [account, stats] = await Promise.all([this.users.account(by.id), this.orders.statsOf(by.id)]);
    return accountWithStats(account, stats);
  }

  /** @throws Problem 400 naming the fields that are malformed or taken */
  async updateProfile(changes: V1ProfileDto, by: Principal): Promise<V1ProfileUpdatedDto> {
    await this.users.update(by.id, changes, by);
    return profileUpdated('Profile updated successfully', await this.users.account(by.id));
  }

  /** Ends the user's other sessions. @throws Problem 400 naming `current_password` when it is wrong */
  async changePassword(
    { current_password, password }: V1ChangePasswordDto,
    by: Principal,
  ): Promise<V1DoneDto> {
    await this.users.changePassword(current_password, password, by);
    return done('Password changed successfully');
  }

  /** The token that asked is refused from now on. @throws Problem 401 when it was refused meanwhile */
  async refresh(by: Principal, client: ClientInfo): Promise<V1RefreshedDto> {
    return refreshed('Token refreshed successfully', await this.auth.renewBearer(by, client));
  }

  private async signIn(message: string, user: User, client: ClientInfo): Promise<V1SignedInDto> {
    const [account, token] = await Promise.all([
      this.users.account(user.id),
      this.auth.openBearer(user, client),
    ]);
    return signedIn(message, account, token);
  }
}
