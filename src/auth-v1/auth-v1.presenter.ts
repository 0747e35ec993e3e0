import type { OrderStats } from '../orders/orders.dto.js';
import type { Account } from '../users/users.dto.js';
import type {
  V1AccountDto,
  V1DoneDto,
  V1ProfileUpdatedDto,
  V1ProfileUserDto,
  V1RefreshedDto,
  V1SignedInDto,
  V1UserDto,
} from './auth-v1.dto.js';

export function done(message: string): V1DoneDto {
  return { success: true, message };
}

export function signedIn(message: string, account: Account, token: string): V1SignedInDto {
  return { ...done(message), data: { user: user(account), token, token_type: 'Bearer' } };
}

export function refreshed(message: string, token: string): V1RefreshedDto {
  return { ...done(message), data: { token, token_type: 'Bearer' } };
}

export function profileUpdated(message: string, account: Account): V1ProfileUpdatedDto {
  return { ...done(message), data: { user: userWithAddresses(account) } };
}

export function accountWithStats(account: Account, stats: OrderStats): V1AccountDto {
  const { total_spent, orders_count, last_order_at } = stats;
  return {
    success: true,
    data: {
      user: { ...userWithAddresses(account), total_spent, orders_count, last_order_at },
      stats: {
        orders_count,
        total_spent: euros(total_spent),
        has_orders: orders_count > 0,
        newsletter_subscribed: account.newsletter_subscription,
      },
    },
  };
}

/** `"1250.50"` as `"1,250.50 €"`; text to text, so that no sum is too large to be exact. */
export function euros(amount: string): string {
  return `${amount.replace(/\B(?=(\d{3})+\.)/g, ',')} €`;
}

function user(account: Account): V1UserDto {
  const { id, name, email, phone, birth_date, gender, newsletter_subscription } = account;
  const { version, created_at, updated_at } = account;
  return {
    id,
    name,
    email,
    phone,
    birth_date,
    gender,
    newsletter_subscription,
    version,
    created_at,
    updated_at,
  };
}

function userWithAddresses(account: Account): V1ProfileUserDto {
  const { shipping_address, billing_address } = account;
  return { ...user(account), shipping_address, billing_address };
}
