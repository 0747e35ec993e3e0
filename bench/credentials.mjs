import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** An access token with the app's claims (RFC 7519, HS256), for the app and for the baseline. */
export function signToken({ userId, sessionId }, key, lifetimeS) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    token_type: 'access',
    user_id: userId,
    sid: sessionId,
    jti: randomUUID(),
    iat: now,
    exp: now + lifetimeS,
    sub: String(userId),
    iss: 'comptoir',
  };
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${mac(signed, key).toString('base64url')}`;
}

/** @returns the `user_id` of a valid token that has not expired, undefined for any other */
export function verifyToken(token = '', key) {
  const dot = token.lastIndexOf('.');
  const expected = mac(token.slice(0, dot), key);
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { user_id, exp } = JSON.parse(
    Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString(),
  );
  return exp > Date.now() / 1000 ? user_id : undefined;
}

/** The input of bcrypt in the app and in the baseline: bcrypt alone reads only the first 72 bytes of a password. */
export function passwordDigest(password) {
  return createHash('sha256').update(password).digest('hex');
}

function mac(text, key) {
  return createHmac('sha256', key).update(text).digest();
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
