import { JwtService } from '@nestjs/jwt';
import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

const jwt = new JwtService();

/** An access token with the app's claims, for the app and for the baseline. */
export function signToken({ userId, sessionId }, key, lifetimeS) {
  const claims = { token_type: 'access', user_id: userId, sid: sessionId, jti: randomUUID() };
  return jwt.sign(claims, { secret: key, subject: String(userId), issuer: 'comptoir', expiresIn: lifetimeS });
}

/** @returns the `user_id` of a valid token that has not expired, undefined for any other */
export function verifyToken(token = '', key) {
  const dot = token.lastIndexOf('.');
  const expected = createHmac('sha256', key).update(token.slice(0, dot)).digest();
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString();
  const { user_id, exp } = JSON.parse(claims);
  return exp > Date.now() / 1000 ? user_id : undefined;
}

/** The input of bcrypt in the app and in the baseline: bcrypt alone reads only the first 72 bytes of a password. */
export function passwordDigest(password) {
  return createHash('sha256').update(password).digest('hex');
}
