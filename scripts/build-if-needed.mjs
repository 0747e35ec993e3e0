// Builds each part that has no build, or a source that is newer than its build.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const NPM_FILES = ['package.json', 'package-lock.json'];
const PARTS = [
  {
    built: 'dist/src/main.js',
    sources: ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', ...NPM_FILES],
    script: 'build:app',
  },
  frontend('admin'),
  frontend('examples/react', ['examples/shared']),
];

for (const { built, sources, script } of PARTS) {
  if (existsSync(built) && Math.max(...sources.map(newest)) <= statSync(built).mtimeMs) continue;
  refuseReadOnlyFolder(path.dirname(built));
  console.log(`Building ${path.dirname(built)} …`);
  // Always production: with NODE_ENV=test, as Jest sets it, the frontends would contain React's development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', '--silent', ...script.split(' ')], { stdio: 'inherit', env });
}

function frontend(folder, shared = []) {
  const names = ['src', 'index.html', 'package.json', 'vite.config.ts'];
  return {
    built: `${folder}/dist/index.html`,
    sources: [
      ...names.map((name) => path.join(folder, name)),
      'openapi.json',
      'package-lock.json',
      ...shared,
    ],
    script: `build -w ${folder}`,
  };
}

function newest(entry) {
  const { mtimeMs } = statSync(entry);
  if (!statSync(entry).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(entry).map((name) => newest(path.join(entry, name))));
}

function refuseReadOnlyFolder(folder) {
  try {
    for (const name of ['.', folder].filter((each) => existsSync(each))) accessSync(name, constants.W_OK);
  } catch (error) {
    console.error(
      `The sources are newer than the build in ${folder}/, and ${process.cwd()} cannot be written to (${error.code}). ` +
        'Build it where it can, or start what was built with npm run start:prod.',
    );
    process.exit(1);
  }
}
