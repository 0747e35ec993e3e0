import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Programs that some tests need, the paths where they may be, and the Debian package of each. */
const PROGRAMS = {
  TEST_BROWSER: {
    // Chromium for headless use only.
    package: 'chromium-headless-shell',
    fallback: 'chromium', // for releases without that package
    places: [
      '/usr/bin/chromium-headless-shell',
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
  },
  TEST_PGBOUNCER: {
    package: 'pgbouncer',
    places: ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'],
  },
  TEST_INITDB: {
    package: 'postgresql',
    places: [15, 16, 17, 14, 18].map((version) => `/usr/lib/postgresql/${version}/bin/initdb`),
  },
  TEST_REDIS: {
    package: 'redis-server',
    places: ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'],
  },
};

/**
 * Sets an environment variable to the path of each program. On Debian, as root, missing ones are installed first. Tests
 * that need a program that is still missing are skipped.
 */
export function findPrograms() {
  const find = ({ places }) => places.find((place) => existsSync(place));
  const missing = Object.values(PROGRAMS).filter((program) => !find(program));
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    install(missing);
  }
  for (const [variable, program] of Object.entries(PROGRAMS)) {
    const place = find(program);
    if (place) process.env[variable] = place;
    else console.warn(`No ${program.package} on this machine: the tests with it are left out.`);
  }
}

function install(programs) {
  console.log(`Installing ${programs.map((program) => program.package).join(', ')} for the tests …`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' };
  try {
    execFileSync('apt-get', ['update'], options);
    const packages = programs.map((program) =>
      isKnown(program.package) ? program.package : (program.fallback ?? program.package),
    );
    // RUNLEVEL=1 keeps Debian from starting the services: each test starts its own server.
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
      ...options,
      env: { ...options.env, RUNLEVEL: '1' },
    });
  } catch {
    // `findPrograms` reports each program that is still missing.
  }
}

function isKnown(name) {
  return execFileSync('apt-cache', ['pkgnames', name], { encoding: 'utf8' }).split('\n').includes(name);
}
