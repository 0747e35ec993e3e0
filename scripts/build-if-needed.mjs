// Builds when there is no build, or a source is newer than it.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const built = 'dist/src/main.js';
const sources = [
  'src',
  'migrations',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

function newest(entry) {
  const { mtimeMs } = statSync(entry);
  if (!statSync(entry).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(entry).map((name) => newest(path.join(entry, name))));
}

if (!existsSync(built) || Math.max(...sources.map(newest)) > statSync(built).mtimeMs) {
  refuseReadOnlyFolder();
  console.log('Building …');
  execFileSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], { stdio: 'inherit' });
}

function refuseReadOnlyFolder() {
  try {
    for (const folder of ['.', 'dist'].filter((name) => existsSync(name))) accessSync(folder, constants.W_OK);
  } catch (error) {
    console.error(
      `The sources are newer than the build in dist/, and ${process.cwd()} cannot be written to (${error.code}). ` +
        'Build it where it can, or start what was built with npm run start:prod.',
    );
    process.exit(1);
  }
}
