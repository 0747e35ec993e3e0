import { Injectable } from '@nestjs/common';
import { AuthService } from '../auth/auth.service.js';
import type { Transaction } from '../database/database.js';
import type { ClientInfo, Principal } from '../http/access.js';
import { cleanIdentifier } from '../http/identifier.js';
import type { Precondition } from '../http/preconditions.js';
import { type FieldErrors, Problem } from '../http/problem.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { OrdersService } from '../orders/orders.service.js';
import { cleanPhone } from '../users/phone.js';
import { USER_VERSION } from '../users/user-version.js';
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
import { CHANGE_PASSWORD, LOGIN, PROFILE, REGISTRATION } from './rules.js';
import { cleaned, dayMeant, errorsOf, type Fields, refused, type RuleSet } from './validation.js';
import { accountWithStats, done, profileUpdated, refreshed, signedIn } from './auth-v1.presenter.js';

/** The shop's accounts, with the messages and response shapes of contract 002. */
@Injectable()
export class AuthV1Service {
  constructor(
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly orders: OrdersService,
  ) {}

  /** Works like `AuthService.register`. @throws Problem 400 naming the fields that are missing, malformed or taken; 422 */
  async register(
    registration: V1RegisterDto,
    client: ClientInfo,
    request?: IdempotentRequest,
  ): Promise<V1SignedInDto> {
    const account = cleaned(registration);
    await this.refuseBroken(account, REGISTRATION, (owner) => this.users.isRegisteredBy(owner, request));
    const language = account.language ?? client.language;
    const { name, email, password } = account;
    const customer = { ...personOf(account), name, email: cleanIdentifier(email), password, language };
    return inLaravelsWords(() =>
      this.users.registerByEmail(customer, { client, request }, (user, tx) =>
        this.signIn('User registered successfully', user, client, tx),
      ),
    );
  }

  /** @throws Problem 401, the same for every wrong pair */
  async login(credentials: V1LoginDto, client: ClientInfo): Promise<V1SignedInDto> {
    const { email, password } = cleaned(credentials);
    const errors = errorsOf({ email, password }, LOGIN);
    if (Object.keys(errors).length > 0) throw refused(errors);
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

  /**
   * Without fields that are as they were in the version that the body names, if any.
   *
   * @throws Problem 400 naming the fields that are malformed or taken; 412 when `precondition` does not hold
   */
  async updateProfile(
    profile: V1ProfileDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<V1ProfileUpdatedDto> {
    const { version, ...fields } = cleaned(profile);
    const isRead = typeof version === 'string'; // it is not validated yet
    const changes = { version, ...(isRead ? USER_VERSION.changedSince(version, fields) : fields) };
    await this.refuseBroken(changes, PROFILE, async ({ id }) => id === by.id);
    const { name, email, shipping_address, billing_address } = changes;
    const addresses = { shipping_address, billing_address };
    const names = { name, email: email && cleanIdentifier(email) };
    await inLaravelsWords(() =>
      this.users.update(
        by.id,
        given({ ...personOf(changes), ...addresses, ...names, version }),
        by,
        precondition,
      ),
    );
    return profileUpdated('Profile updated successfully', await this.users.account(by.id));
  }

  /** Ends the user's other sessions. @throws Problem 400 naming `current_password` when it is wrong */
  async changePassword(passwords: V1ChangePasswordDto, by: Principal): Promise<V1DoneDto> {
    const { current_password, password, ...confirmation } = cleaned(passwords);
    const errors = errorsOf({ current_password, password, ...confirmation }, CHANGE_PASSWORD);
    if (Object.keys(errors).length > 0) throw refused(errors);
    await inLaravelsWords(() => this.users.changePassword(current_password, password, by));
    return done('Password changed successfully');
  }

  /** Replaces the token of this request, which is refused from now on. @throws Problem 401 when it was refused before */
  async refresh(by: Principal, client: ClientInfo): Promise<V1RefreshedDto> {
    return refreshed('Token refreshed successfully', await this.auth.renewBearer(by, client));
  }

  /** Reports an address that is taken together with all other errors. @throws Problem 400 */
  private async refuseBroken(
    fields: { email?: string },
    rules: RuleSet,
    mayHaveEmail: (owner: User) => Promise<boolean>,
  ): Promise<void> {
    const errors = errorsOf(fields as Fields, rules);
    const owner = fields.email && !errors.email ? await this.users.findByEmail(fields.email) : null;
    if (owner && !(await mayHaveEmail(owner))) errors.email = [EMAIL_TAKEN];
    if (Object.keys(errors).length > 0) throw refused(inOrder(errors, rules));
  }

  private async signIn(
    message: string,
    user: User,
    client: ClientInfo,
    tx?: Transaction,
  ): Promise<V1SignedInDto> {
    const token = await this.auth.openBearer(user, client, tx);
    const account = await this.users.account(user.id, tx);
    return signedIn(message, account, token);
  }
}

const EMAIL_TAKEN = 'The email has already been taken.';

/** Laravel's message in place of the services' own, by the field that a Problem names. */
const LARAVEL_MESSAGES: Record<string, string> = {
  email: EMAIL_TAKEN,
  current_password: 'The password is incorrect.',
};

async function inLaravelsWords<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const [field] = Object.keys((error instanceof Problem && error.details.errors) || {});
    const message = field && LARAVEL_MESSAGES[field];
    throw message ? refused({ [field]: [message] }) : error;
  }
}

/** The fields that registration and profile share, in the shop's own form. */
function personOf({ phone, birth_date, gender, newsletter_subscription, language }: V1ProfileDto) {
  return given({
    phone: phone && cleanPhone(phone),
    birth_date: birth_date && dayMeant(birth_date),
    gender,
    newsletter_subscription: isTrue(newsletter_subscription),
    language: language ?? undefined,
  });
}

function isTrue(value: unknown): boolean | undefined {
  return value === undefined || value === null ? undefined : [true, 1, '1'].includes(value as never);
}

/** Without the members that are undefined. */
function given<Members extends object>(members: Members): Partial<Members> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Members>;
}

function inOrder(errors: FieldErrors, rules: RuleSet): FieldErrors {
  const names = Object.keys(rules).filter((name) => errors[name]);
  return Object.fromEntries(names.map((name) => [name, errors[name]!]));
}
