import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { Api } from './api.js';
import type { Shop } from './shop.js';

/**
 * Many customers with the demo password, signed in. They are inserted by SQL, since each registration would hash a password.
 *
 * @param secret the `JWT_SECRET` of the shop's processes
 */
export async function crowd(shop: Shop, size: number, secret: string): Promise<Api[]> {
  const sessions = Array.from({ length: size }, () => randomUUID());
  const { rows } = await shop.database.query(
    `WITH demo AS (SELECT password_hash FROM users WHERE username = 'john'),
     made AS (
       INSERT INTO users (username, username_key, email, email_key, password_hash)
       SELECT name, name, name || '@example.com', name || '@example.com', demo.password_hash
       FROM (SELECT 'crowd-' || session AS name FROM unnest($1::text[]) AS session) named, demo
       RETURNING id, username, email
     )
     INSERT INTO sessions (id, user_id, seed, expires_at, user_agent, address)
     SELECT substr(username, 7)::uuid, id, sha256(username::bytea), now() + interval '1 day', '', '127.0.0.1' FROM made
     RETURNING id, user_id, extract(epoch FROM now())::bigint AS now`,
    [sessions],
  );
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'comptoir access-token', 32));
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return rows.map(({ id, user_id, now }) => {
    const claims = { token_type: 'access', user_id: Number(user_id), sid: id, jti: id, sub: String(user_id) };
    const times = { iat: Number(now), exp: Number(now) + 86_400, iss: 'comptoir' };
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, ...times })}`;
    const token = `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    return new Api(shop.url, token, { id: Number(user_id), email: `crowd-${id}@example.com` });
  });
}
