import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { fillCatalogue, modelOf, textOf, VOCABULARY, WORDS } from './catalogue.mjs';
import { APP, freePort, says, scratchFolder, start, stop, withClient } from './environment.mjs';
import { divideCpus, parentOf } from './machine.mjs';
import { measure } from './measure.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { ACCOUNTS_PER_USER, openUsers } from './virtual-user.mjs';

/** The last commit before the inverted index of words gave way to PostgreSQL's own index types. */
const BASELINE = '1d72f18';

const CHANGED_CATALOGUE = 100_000;
const LEAST_WORDS = 30;
const MOST_WORDS = 100;
/** A change of the baseline is cancelled after so long, unless it needs more time to show that the target is met. */
const PATIENCE_S = 60;
const CONNECTIONS = 8;
const USERS = 8;
const ROUNDS = 5;
const SAMPLES = 60;
/** Least ratio that counts as "no slower", given the noise of a run. */
const NO_SLOWER = 0.95;

export const PARTS = ['writes', 'requests', 'searches'];

/**
 * `npm run bench -- --search`: compares changes of texts, additions, lists, details and purchases with the build of
 * BASELINE, in turn on one PostgreSQL; then measures searches and facets of a catalogue of `upTo` products, with limits of
 * 50 and 100 ms.
 *
 * @param {{ parts: string[], upTo: number, seconds: number }} options
 */
export async function measureSearch({ parts, upTo, seconds }) {
  const { serverCommand, machine } = divideCpus();
  console.log(`${machine}.\n`);
  const shops = new Shops(serverCommand);
  try {
    await shops.open();
    const today = path.resolve('.');
    if (parts.includes('writes')) {
      await compareWrites(shops, { baseline: buildOfBaseline(), today });
    }
    if (parts.includes('requests')) {
      await compareRequests(shops, { baseline: buildOfBaseline(), today }, seconds);
    }
    if (parts.includes('searches')) await measureLargeCatalogue(shops, today, upTo);
  } finally {
    await shops.close();
  }
}

/** A built checkout of BASELINE, which is kept for later runs. */
function buildOfBaseline() {
  const folder = path.join(tmpdir(), `comptoir-${BASELINE}`);
  if (existsSync(path.join(folder, 'dist/src/main.js'))) return folder;
  console.log(`Building ${BASELINE} in ${folder} …`);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const archive = execFileSync('git', ['archive', BASELINE], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** Databases on one embedded PostgreSQL, and apps of any build on them. */
class Shops {
  #postgres;
  #dataDir = scratchFolder();
  #children = [];

  constructor(serverCommand) {
    this.serverCommand = serverCommand;
  }

  async open() {
    const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
    this.#postgres = await startEmbeddedPostgres(this.#dataDir);
    this.databasePid = await withClient(this.#postgres.url, async (client) =>
      parentOf((await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid),
    );
  }

  /** Creates a database that this build migrates, with so many products. */
  async createDatabase(build, products) {
    const url = new URL(this.#postgres.url);
    url.pathname = `/shop_${randomBytes(6).toString('hex')}`;
    await withClient(this.#postgres.url, (client) =>
      client.query(`CREATE DATABASE ${url.pathname.slice(1)}`),
    );
    await stop((await this.startApp(build, url.href)).child);
    await withClient(url.href, (client) => fillCatalogue(client, products));
    return url.href;
  }

  async startApp(build, databaseUrl) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      DATA_DIR: this.#dataDir,
      JWT_SECRET: randomBytes(48).toString('base64'),
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      RATE_LIMIT: 'off',
      ALLOW_UNSAFE: 'bench',
      LIST_CACHE_MS: '0',
      LOG_LEVEL: 'error',
    };
    const script = [...APP.slice(0, -1), path.join(build, APP.at(-1))];
    const child = start(this.serverCommand([process.execPath, ...script]), env);
    this.#children.push(child);
    await says(child, 'Comptoir is open');
    return { url, child, pid: child.pid, databaseUrl };
  }

  async close() {
    await Promise.all(this.#children.map((child) => stop(child, 'SIGKILL')));
    await this.#postgres?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

async function compareWrites(shops, builds) {
  console.log(`Writes to ${CHANGED_CATALOGUE.toLocaleString('en')} products:`);
  const databases = {};
  for (const [name, build] of Object.entries(builds)) {
    databases[name] = await shops.createDatabase(build, CHANGED_CATALOGUE);
  }
  for (const [count, bar] of [
    [1_000, 15],
    [8_000, 100],
  ]) {
    const texts = descriptionsFor(count);
    const today = await secondsOfChange(databases.today, texts);
    const before = await secondsOfChange(databases.baseline, texts, Math.max(PATIENCE_S, 1.1 * bar * today));
    const characters = (texts.join('').length / count).toFixed(0);
    const title = `${count.toLocaleString('en')} descriptions of ${characters} characters`;
    report(title, before, today, 's', bar);
  }
  const rates = {};
  for (const name of ['baseline', 'today']) rates[name] = await additionsPerSecond(databases[name]);
  report(
    `additions on ${CONNECTIONS} connections, ms each`,
    1000 / rates.baseline,
    1000 / rates.today,
    'ms',
    3,
  );
}

/** Texts of LEAST_WORDS to MOST_WORDS words, for the products with the first ids. */
function descriptionsFor(count) {
  return Array.from({ length: count }, (_, index) =>
    textOf(CHANGED_CATALOGUE + count + index, LEAST_WORDS + (index % (MOST_WORDS - LEAST_WORDS))),
  );
}

/** @returns {Promise<number>} seconds of one statement; `patience` when it was cancelled */
async function secondsOfChange(databaseUrl, texts, patience = 0) {
  return withClient(databaseUrl, async (client) => {
    await client.query(`SET statement_timeout = ${Math.ceil(patience * 1000)}`);
    const startedAt = performance.now();
    await client
      .query(
        `UPDATE products p SET description = text
         FROM unnest($1::text[]) WITH ORDINALITY AS written (text, id) WHERE p.id = written.id`,
        [texts],
      )
      .catch((error) => {
        if (error.code !== '57014') throw error;
        console.log(
          `  (the baseline was given up after ${patience.toFixed(0)} s: its ratio is a lower bound)`,
        );
      });
    return (performance.now() - startedAt) / 1000;
  });
}

async function additionsPerSecond(databaseUrl) {
  const seconds = 5;
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client(databaseUrl));
  await Promise.all(clients.map((client) => client.connect()));
  const end = performance.now() + seconds * 1000;
  const counts = await Promise.all(
    clients.map(async (client, connection) => {
      let added = 0;
      for (; performance.now() < end; added += 1) await addProduct(client, `${connection}-${added}`);
      return added;
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
  return counts.reduce((sum, count) => sum + count) / seconds;
}

/** Adds a product by a statement like the app's. */
async function addProduct(client, number) {
  const rank = Number(number.replace('-', ''));
  const text = Array.from(
    { length: 12 },
    (_, place) => VOCABULARY[(rank * 31 + place * 997) % VOCABULARY.length],
  );
  await client.query({
    name: 'add',
    text: `WITH inserted AS (
        INSERT INTO products (name, slug, description, price, stock, stock_sequence, category_id)
        VALUES ($1, $2, $3, 10, 5, 1, 1) RETURNING id, stock
      )
      INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
      SELECT id, 1, stock, stock, 'initial' FROM inserted`,
    values: [`Added ${text[0]} NEW-${number}`, `added-${number}`, `${text.join(' ')} for kitchen and study.`],
  });
}

async function compareRequests(shops, builds, seconds) {
  const products = 1_000;
  console.log(
    `\nRequests to a shop of ${products.toLocaleString('en')} products, ${USERS} users, ${ROUNDS} rounds of ${seconds} s in turn:`,
  );
  const servers = {};
  for (const [name, build] of Object.entries(builds)) {
    const databaseUrl = await shops.createDatabase(build, products);
    const app = await shops.startApp(build, databaseUrl);
    servers[name] = { ...app, accounts: await registerAccounts(app.url) };
  }
  const scenarios = {
    'list, pages 1 to 50': { scenario: SCENARIOS.list, bar: 2 },
    detail: { scenario: { ...SCENARIOS.detail, isRight: ({ id }) => id > 0 }, bar: NO_SLOWER },
    purchase: { scenario: SCENARIOS.purchase, bar: NO_SLOWER },
  };
  for (const [title, { scenario, bar }] of Object.entries(scenarios)) {
    const ratios = { perSecond: [], perCpuSecond: [] };
    for (let seed = 0; seed <= ROUNDS; seed += 1) {
      const [baseline, today] = await inTurn(['baseline', 'today'], (name) =>
        measure(servers[name], scenario, {
          users: USERS,
          products,
          seed,
          seconds,
          databasePid: shops.databasePid,
        }),
      );
      if (seed === 0) continue; // warms up
      for (const figure of Object.keys(ratios)) ratios[figure].push(today[figure] / baseline[figure]);
    }
    for (const [figure, all] of Object.entries(ratios)) {
      const name = figure === 'perSecond' ? 'a second' : 'a CPU second of both';
      console.log(
        `  ${`${title}, ${name}`.padEnd(46)} ${median(all).toFixed(2)} times  ${verdict(median(all) >= bar, `at least ${bar}`)}`,
      );
    }
  }
  for (const { child } of Object.values(servers)) await stop(child);
}

async function inTurn(names, work) {
  const results = [];
  for (const name of names) results.push(await work(name));
  return results;
}

async function registerAccounts(url) {
  const accounts = [];
  for (let number = 0; number < USERS * ACCOUNTS_PER_USER; number += 1) {
    const name = `bench${number}`;
    const response = await fetch(`${url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: name, email: `${name}@example.com`, password: 'correct horse' }),
    });
    const { access } = /** @type {{ access: string }} */ (await response.json());
    accounts.push({ email: `${name}@example.com`, token: access });
  }
  return accounts;
}

async function measureLargeCatalogue(shops, build, size) {
  console.log(
    `\nSearches of ${size.toLocaleString('en')} products, ${SAMPLES} addresses each, one at a time:`,
  );
  const databaseUrl = await shops.createDatabase(build, size);
  const app = await shops.startApp(build, databaseUrl);
  const [user] = openUsers({ url: app.url, accounts: [] }, { users: 1, products: size, seed: 1 });
  try {
    for (const [title, { addressOf, bar }] of Object.entries(searchesOf(user))) {
      await timesOf(app.url, () => addressOf(), 8); // warms up
      const times = await timesOf(app.url, addressOf, SAMPLES);
      const at = (share) => times[Math.floor(times.length * share)];
      console.log(
        `  ${title.padEnd(34)} p50 ${at(0.5).toFixed(1).padStart(6)} ms   p95 ${at(0.95).toFixed(1).padStart(6)} ms  ${verdict(at(0.95) <= bar, `at most ${bar} ms`)}`,
      );
    }
  } finally {
    user.close();
  }
}

function searchesOf(user) {
  const { materials, things, rooms } = WORDS;
  /** @returns {string} */
  const rare = () => VOCABULARY[user.between(3_000, 20_000)];
  const searches = {
    'a code': () => modelOf(user.anyProduct()),
    'a rare word': rare,
    'a word of some': () => VOCABULARY[user.between(5, 300)],
    'a common word': () => user.oneOf([...materials, ...things, ...rooms]),
    'a word of all': () => user.oneOf(['delivered', 'cloth', 'days']),
    'two words': () => `${user.oneOf(materials)} ${user.oneOf(things)}`,
    'three words': () => `${user.oneOf(materials)} ${user.oneOf(things)} ${user.oneOf(rooms)}`,
    'a beginning': () => user.oneOf(things).slice(0, 4),
    'a part': () => user.oneOf(things.filter((thing) => thing.length > 5)).slice(2),
    'a misspelt word': () => misspelt(user.oneOf(things.filter((thing) => thing.length > 4)), user),
    'a misspelt rare word': () => misspelt(rare(), user),
    'one of two misspelt': () =>
      `${user.oneOf(materials)} ${misspelt(user.oneOf(things.filter((thing) => thing.length > 4)), user)}`,
  };
  const result = {};
  for (const [title, words] of Object.entries(searches)) {
    for (const page of [1, 20]) {
      const addressOf = () => `/api/products?search=${encodeURIComponent(words())}&page=${page}`;
      result[`${title}, page ${page}`] = { addressOf, bar: 50 };
    }
  }
  const facets = {
    all: () => '',
    'a category': () => `category=${user.oneOf(things)}s`,
    'a common word': () => `search=${user.oneOf(materials)}`,
    'two words, a price': () =>
      `search=${user.oneOf(materials)}+${user.oneOf(things)}&max_price=${user.between(10, 500)}`,
  };
  for (const [title, query] of Object.entries(facets)) {
    result[`facets of ${title}`] = { addressOf: () => `/api/products/facets?${query()}`, bar: 100 };
  }
  return {
    ...result,
    suggestions: {
      addressOf: () => `/api/products/suggest?search=${user.oneOf(things).slice(0, user.between(2, 5))}`,
      bar: 50,
    },
  };
}

/** The word with two adjacent letters swapped. */
function misspelt(word, user) {
  const place = user.between(0, word.length - 2);
  return `${word.slice(0, place)}${word[place + 1]}${word[place]}${word.slice(place + 2)}`;
}

/** @returns {Promise<number[]>} sorted milliseconds; a page past the end (404) counts as well */
async function timesOf(url, addressOf, count) {
  const times = [];
  for (let sample = 0; sample < count; sample += 1) {
    const address = addressOf();
    const startedAt = performance.now();
    const response = await fetch(`${url}${address}`);
    const body = await response.text();
    times.push(performance.now() - startedAt);
    if (response.status !== 200 && response.status !== 404)
      throw new Error(`${address}: ${response.status} ${body}`);
  }
  return times.sort((a, b) => a - b);
}

function report(title, before, today, unit, bar) {
  const ratio = before / today;
  console.log(
    `  ${title.padEnd(40)} ${before.toFixed(3)} ${unit} → ${today.toFixed(3)} ${unit}  ${ratio.toFixed(1)} times  ${verdict(ratio >= bar, `at least ${bar}`)}`,
  );
}

function verdict(isMet, bar) {
  return isMet ? `(${bar}: met)` : `(${bar}: NOT MET)`;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
