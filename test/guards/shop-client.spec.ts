import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SHOP = 'examples/react';

/** The client is committed, so that a change of the API shows in it when it is reviewed, and a copy needs no generator. */
describe("The React shop's client", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-client-'));

  afterAll(() => rmSync(folder, { recursive: true }));

  /** `npm run client -w examples/react` writes it. */
  it('is what the generator makes of openapi.json', () => {
    execFileSync('npm', ['run', '--silent', 'client', '-w', SHOP, '--', '--output', folder, '--silent']);
    expect(filesOf(folder)).toEqual(filesOf(`${SHOP}/src/api/generated`));
  });
});

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
