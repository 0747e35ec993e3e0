import type { SessionsService } from '../sessions/sessions.service.js';
import { PrincipalsService } from './principals.service.js';
import type { AccessClaims } from './tokens.service.js';

describe('Claims of tokens whose signature was checked', () => {
  const claims = (exp: number) => ({ exp }) as AccessClaims;
  const inAnHour = Date.now() / 1000 + 3600;
  const newService = () => new PrincipalsService({} as SessionsService);

  it('are known by their header', () => {
    const principals = newService();
    principals.remember('Bearer a.b.c', claims(inAnHour));
    expect(principals.claimsIn('Bearer a.b.c')).toEqual({ exp: inAnHour });
    expect(principals.claimsIn('Bearer g.h.i')).toBeUndefined();
    expect(principals.claimsIn(undefined)).toBeUndefined();
  });

  it('are not kept for a header with more than the token, which would fill the memory with one token', () => {
    const principals = newService();
    for (const header of ['Bearer a.b.c junk', 'x Bearer a.b.c', `Bearer ${'a'.repeat(2000)}`]) {
      principals.remember(header, claims(inAnHour));
      expect(principals.claimsIn(header)).toBeUndefined();
    }
  });

  it('are forgotten when many others came since', () => {
    const principals = newService();
    principals.remember('Bearer first', claims(inAnHour));
    for (let token = 0; token < 10_000; token += 1) principals.remember(`Bearer t${token}`, claims(inAnHour));
    expect(principals.claimsIn('Bearer first')).toBeUndefined();
    expect(principals.claimsIn('Bearer t9999')).toBeDefined();
  });
});
