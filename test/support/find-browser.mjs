import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser on this machine; on Debian as root it is installed when there is none. */
export function findBrowser() {
  const found = PLACES.find((place) => existsSync(place));
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found;
  console.log('Installing chromium for the tests in a browser …');
  try {
    const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' };
    execFileSync('apt-get', ['update'], environment);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], environment);
  } catch {
    return undefined;
  }
  return PLACES.find((place) => existsSync(place));
}
