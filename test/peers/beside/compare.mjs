import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DJANGO, LARAVEL } from './requests.mjs';

/**
 * `npm run test:peers`: starts Django REST and Laravel's validator, as Debian has them, beside the product, sends each the
 * same requests, and prints where status, shape and messages differ, and why that is right. Exit code 1 when a difference
 * has no reason.
 */
const PACKAGES = {
  '/usr/lib/python3/dist-packages/rest_framework': 'python3-djangorestframework',
  '/usr/lib/python3/dist-packages/rest_framework_simplejwt': 'python3-djangorestframework-simplejwt',
  '/usr/lib/python3/dist-packages/django_filters': 'python3-django-filters',
  '/usr/share/php/Illuminate/Validation': 'php-laravel-framework',
  '/usr/bin/php': 'php-cli',
};
const BESIDE = import.meta.dirname;
const running = [];

try {
  installPeers();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-peers-'));
  running.push({ stop: () => rmSync(dataDir, { recursive: true, force: true }) });
  const product = await start(process.execPath, ['dist/src/main.js'], /Comptoir is open/, (port) => ({
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
  }));
  const django = await start('/usr/bin/python3', [path.join(BESIDE, 'django_shop.py'), '{port}'], /open/);
  const router = path.join(BESIDE, 'laravel_accounts.php');
  const laravel = await start('/usr/bin/php', ['-S', '127.0.0.1:{port}', router], /started/);

  const versions = (...names) => names.map((name) => `${name} ${versionOf(name)}`).join(', ');
  const unexplained =
    (await compare(
      versions('python3-djangorestframework', 'python3-djangorestframework-simplejwt'),
      DJANGO,
      product,
      django,
    )) + (await compare(versions('php-laravel-framework'), LARAVEL, product, laravel));
  process.exitCode = unexplained > 0 ? 1 : 0;
} finally {
  for (const { stop } of running.toReversed()) await stop();
}

/** @throws Error when one is missing and this is no Debian, or not root */
function installPeers() {
  const missing = Object.entries(PACKAGES).filter(([place]) => !existsSync(place));
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`The peers are packages of Debian; missing here: ${names.join(', ')}`);
  }
  console.log(`Installing ${names.join(', ')} …`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' };
  execFileSync('apt-get', ['update'], options);
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...names], options);
}

function versionOf(name) {
  return execFileSync('/usr/bin/dpkg-query', ['-W', '-f', '${Version}', name]).toString();
}

/** Starts a server on a free port. @returns its address when it has printed that it is open */
async function start(program, args, isOpen, environment = () => ({})) {
  const port = await freePort();
  const child = spawn(
    program,
    args.map((arg) => arg.replace('{port}', port)),
    { env: { PATH: process.env.PATH, ...environment(port) } },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  running.push({ stop: () => child.kill() && exited });
  let said = '';
  await new Promise((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      output.on('data', (chunk) => isOpen.test((said += chunk)) && resolve());
    }
    child.once('exit', () => reject(new Error(`${program} ${args[0]} ended:\n${said}`)));
  });
  return `http://127.0.0.1:${port}`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @returns how many differences have no reason */
async function compare(title, asks, product, peer) {
  console.log(`\n${title}`);
  const tokens = await Promise.all([product, peer].map(signIn));
  const found = { same: 0, explained: 0, unexplained: 0 };
  for (const ask of asks) {
    const ours = await send(product, ask, tokens[0]);
    const theirs = await send(peer, ask, tokens[1]);
    const differences = Object.entries(differencesOf(ours, theirs));
    if (differences.length === 0) found.same += 1;
    for (const [what, difference] of differences) {
      const why = ask.why?.[what];
      found[why ? 'explained' : 'unexplained'] += 1;
      console.log(
        `${why ? 'differs ' : 'DIFFERS '} ${ask.name}: ${what}: ${difference}${why ? `\n         right, because: ${why}` : ''}`,
      );
    }
  }
  console.log(
    `${asks.length} requests: ${found.same} the same, ${found.explained} differences with a reason, ${found.unexplained} without.`,
  );
  return found.unexplained;
}

/** Tokens of the accounts that both have; a peer without accounts has none. */
async function signIn(address) {
  const tokens = { nobody: 'a.b.c' };
  for (const username of ['john', 'admin']) {
    const body = { username, password: 'password123' };
    tokens[username] = (await send(address, { method: 'POST', path: '/api/token/', body }, {})).body?.access;
  }
  return tokens;
}

async function send(address, { method, path: where, body, raw, type, as }, tokens) {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = {
    method,
    redirect: 'manual',
    headers: {
      ...(content !== undefined && { 'content-type': type ?? 'application/json' }),
      ...(as && { authorization: `Bearer ${tokens[as]}` }),
    },
    body: content,
  };
  const response = await fetch(address + where, request);
  const text = await response.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    // a page, or nothing
  }
  return { status: response.status, body: parsed };
}

/** The product may have more members than the peer, never fewer. */
function differencesOf(ours, theirs) {
  const differences = {};
  if (ours.status !== theirs.status) differences.status = `${ours.status}, there ${theirs.status}`;
  const missing = missingIn(ours.body, theirs.body, '');
  if (missing.length > 0) differences.shape = missing.join('; ');
  if (theirs.status >= 400) {
    const [own, others] = [messagesIn(ours.body), messagesIn(theirs.body)];
    const other = Object.keys(others).filter((at) => at in own && own[at] !== others[at]);
    if (other.length > 0) {
      differences.messages = other.map((at) => `${at} “${own[at]}”, there “${others[at]}”`).join('; ');
    }
  }
  return differences;
}

/** What the peer's JSON has and ours has not, or has as another type. Of a list the first element stands for all. */
function missingIn(ours, theirs, at) {
  if (theirs === null || theirs === undefined) return [];
  const [own, other] = [kindOf(ours), kindOf(theirs)];
  if (own !== other) return [`${at || 'body'} is ${own}, there ${other}`];
  if (other === 'list') {
    const pairs = at === 'results' || at === '' ? theirs.slice(0, 1) : theirs;
    return pairs.flatMap((element, index) => missingIn(ours[index], element, `${at}[${index}]`));
  }
  if (other !== 'object') return [];
  return Object.entries(theirs).flatMap(([name, value]) =>
    missingIn(ours[name], value, at ? `${at}.${name}` : name),
  );
}

function kindOf(value) {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Every text of an answer by its place. */
function messagesIn(value, at = '') {
  if (typeof value === 'string') return { [at]: value };
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, each]) => messagesIn(each, at ? `${at}.${name}` : name)),
  );
}
