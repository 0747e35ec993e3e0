import type { IdempotentRequest } from './idempotent-request.js';

/**
 * A CTE for a statement that works for several requests: stores the rows of its CTE `answers` (user_id, json, key,
 * fingerprint) that have a key, each as a 201. Violates `idempotency_keys_pkey` when a key has a response already.
 */
export const STORE_RESPONSES = `
  INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body)
  SELECT user_id, key, fingerprint, 201, json FROM answers WHERE key IS NOT NULL ORDER BY user_id, key`;

/** Two arrays for the parameters of such a statement: keys and fingerprints, or NULL for requests without. */
export function keyParameters(requests: (IdempotentRequest | undefined)[]): unknown[] {
  return [requests.map((request) => request?.key), requests.map((request) => request?.fingerprint)];
}
