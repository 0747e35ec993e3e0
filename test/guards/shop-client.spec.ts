import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SHOPS = ['examples/react', 'examples/angular'];

/** The clients are committed, so that a change of the API is visible in a review, and a copy needs no generator. */
describe("The shops' clients", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-client-'));

  afterAll(() => rmSync(folder, { recursive: true }));

  /** `npm run openapi` writes both. */
  it.each(SHOPS)('%s equals the output of its generator for openapi.json', (shop) => {
    const output = path.join(folder, path.basename(shop));
    execFileSync('npm', ['run', '--silent', 'client', '--prefix', shop, '--', '--output', output], {
      stdio: 'ignore',
    });
    expect(filesOf(output)).toEqual(filesOf(`${shop}/src/api/generated`));
  });
});

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
