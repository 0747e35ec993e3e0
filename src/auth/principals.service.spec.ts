import type { SessionsService } from '../sessions/sessions.service.js';
import { PrincipalsService } from './principals.service.js';
import type { AccessClaims } from './tokens.service.js';

describe('Claims of verified tokens', () => {
  const claims = (exp: number) => ({ exp }) as AccessClaims;
  const inAnHour = Date.now() / 1000 + 3600;
  const newService = () => new PrincipalsService({} as SessionsService);

  it('are cached by their header', () => {
    const principals = newService();
    principals.remember('Bearer a.b.c', claims(inAnHour));
    expect(principals.claimsIn('Bearer a.b.c')).toEqual({ exp: inAnHour });
    expect(principals.claimsIn('Bearer g.h.i')).toBeUndefined();
    expect(principals.claimsIn(undefined)).toBeUndefined();
  });

  it('are not cached for a header with more than the token, since one token could fill the memory', () => {
    const principals = newService();
    for (const header of ['Bearer a.b.c junk', 'x Bearer a.b.c', `Bearer ${'a'.repeat(2000)}`]) {
      principals.remember(header, claims(inAnHour));
      expect(principals.claimsIn(header)).toBeUndefined();
    }
  });

  it('are evicted after many others', () => {
    const principals = newService();
    principals.remember('Bearer first', claims(inAnHour));
    for (let token = 0; token < 10_000; token += 1) principals.remember(`Bearer t${token}`, claims(inAnHour));
    expect(principals.claimsIn('Bearer first')).toBeUndefined();
    expect(principals.claimsIn('Bearer t9999')).toBeDefined();
  });
});
