// Runs every check, step by step. The tests run last, so that their summary ends the output.
import { spawnSync } from 'node:child_process';

const STEPS = [
  ['format', 'prettier --check .'],
  ['lint', 'oxlint'],
  ['types', 'tsc --noEmit'],
  ['types of the benchmark', 'tsc -p bench'],
  ['types of the admin', 'tsc -p admin'],
  ['types of the React shop', 'tsc -p examples/react'],
  ['boundaries', 'depcruise src migrations bench --config .dependency-cruiser.cjs'],
  ['unused', 'knip'],
  ['tests', 'npm test'],
];

for (const [name, command] of STEPS) {
  const startedAt = Date.now();
  console.log(`\n== ${name}: ${command}`);
  const [program, ...words] = command.startsWith('npm ')
    ? command.split(' ')
    : ['npx', '--no-install', ...command.split(' ')];
  const { status } = spawnSync(program, words, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`== ${name} failed`);
    process.exit(1);
  }
  if (name !== 'tests') console.log(`== ${name} passed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
