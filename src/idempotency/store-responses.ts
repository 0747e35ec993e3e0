import type { IdempotentRequest } from './idempotent-request.js';

/**
 * Member of a statement that does its work for several requests: keeps what stands in its `answers` (user_id, json,
 * key, fingerprint), each a 201, where a key asks for it. Breaks on `idempotency_keys_pkey` when there is one already.
 */
export const STORE_RESPONSES = `
  INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body)
  SELECT user_id, key, fingerprint, 201, json FROM answers WHERE key IS NOT NULL ORDER BY user_id, key`;

/** Two arrays for the parameters of such a statement: keys and fingerprints, or NULL for requests without. */
export function keyParameters(requests: (IdempotentRequest | undefined)[]): unknown[] {
  return [requests.map((request) => request?.key), requests.map((request) => request?.fingerprint)];
}
