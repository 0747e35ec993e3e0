import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillCatalogue, modelOf, textOf, VOCABULARY, WORDS } from './catalogue.mjs';
import { Environment, withClient } from './environment.mjs';
import { inTurn, median, millisecondsOf, quantile, ratiosOf, verdict } from './figures.mjs';
import { divideCpus } from './machine.mjs';
import { measure } from './measure.mjs';
import { postJson } from './processes.mjs';
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
 * @param {{ parts: string[], upTo: number, seconds: number, seed: number, dataDir?: string }} options `seed` chooses the
 *   words of the searches; the catalogue is kept in `dataDir` for later runs
 */
export async function measureSearch({ parts, upTo, seconds, seed, dataDir }) {
  const { pin, machine } = divideCpus();
  console.log(`${machine}.\n`);
  const environment = await Environment.open(pin, dataDir);
  try {
    const today = '.';
    if (parts.includes('writes')) {
      await compareWrites(environment, { baseline: buildOfBaseline(), today });
    }
    if (parts.includes('requests')) {
      await compareRequests(environment, { baseline: buildOfBaseline(), today }, seconds);
    }
    if (parts.includes('searches')) await measureLargeCatalogue(environment, today, upTo, seed);
  } finally {
    await environment.close();
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
  for (const command of [
    ['ci', '--no-audit', '--no-fund'],
    ['run', 'build'],
  ]) {
    execFileSync('npm', command, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return folder;
}

const SETTINGS = { RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench', LIST_CACHE_MS: '0', LOG_LEVEL: 'error' };

/** A database of a build with so many products. */
async function createCatalogue(environment, build, products) {
  const databaseUrl = await environment.createShop(build);
  await withClient(databaseUrl, (client) => fillCatalogue(client, products));
  return databaseUrl;
}

async function compareWrites(environment, builds) {
  console.log(`Writes to ${CHANGED_CATALOGUE.toLocaleString('en')} products:`);
  const baseline = await createCatalogue(environment, builds.baseline, CHANGED_CATALOGUE);
  const today = await createCatalogue(environment, builds.today, CHANGED_CATALOGUE);
  for (const [count, limit] of [
    [1_000, 15],
    [8_000, 100],
  ]) {
    const texts = descriptionsFor(count);
    const after = await secondsOfChange(today, texts);
    const before = await secondsOfChange(baseline, texts, Math.max(PATIENCE_S, 1.1 * limit * after));
    const characters = (texts.join('').length / count).toFixed(0);
    report(
      `${count.toLocaleString('en')} descriptions of ${characters} characters`,
      before,
      after,
      's',
      limit,
    );
  }
  const [before, after] = [await additionsPerSecond(baseline), await additionsPerSecond(today)];
  report(`additions on ${CONNECTIONS} connections, ms each`, 1000 / before, 1000 / after, 'ms', 3);
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
    const change = () =>
      client.query(
        `UPDATE products p SET description = text
         FROM unnest($1::text[]) WITH ORDINALITY AS written (text, id) WHERE p.id = written.id`,
        [texts],
      );
    const milliseconds = await millisecondsOf(() =>
      change().catch((error) => {
        if (error.code !== '57014') throw error;
        console.log(
          `  (cancelled after ${patience.toFixed(0)} s in the baseline: the ratio is a lower bound)`,
        );
      }),
    );
    return milliseconds / 1000;
  });
}

async function additionsPerSecond(databaseUrl) {
  const seconds = 5;
  const end = performance.now() + seconds * 1000;
  const addMany = (connection) =>
    withClient(databaseUrl, async (client) => {
      let added = 0;
      for (; performance.now() < end; added += 1) await addProduct(client, `${connection}-${added}`);
      return added;
    });
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, connection) => addMany(connection)),
  );
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

async function compareRequests(environment, builds, seconds) {
  const products = 1_000;
  console.log(
    `\nRequests to a shop of ${products.toLocaleString('en')} products, ${USERS} users, ${ROUNDS} rounds of ${seconds} s in turn:`,
  );
  const startShop = async (build) => {
    const app = await environment.startApp(await createCatalogue(environment, build, products), SETTINGS, {
      build,
    });
    return { ...app, accounts: await registerAccounts(app.url) };
  };
  const [baseline, today] = [await startShop(builds.baseline), await startShop(builds.today)];
  const scenarios = {
    'list, pages 1 to 50': { scenario: SCENARIOS.list, limit: 2 },
    detail: { scenario: { ...SCENARIOS.detail, isRight: ({ id }) => id > 0 }, limit: NO_SLOWER },
    purchase: { scenario: SCENARIOS.purchase, limit: NO_SLOWER },
  };
  const { databasePid } = environment;
  for (const [title, { scenario, limit }] of Object.entries(scenarios)) {
    const roundOf = (server) => (seed) =>
      measure(server, scenario, { users: USERS, products, seed, seconds, databasePid });
    const measured = await inTurn(ROUNDS, { baseline: roundOf(baseline), today: roundOf(today) });
    for (const [figure, name] of Object.entries({
      perSecond: 'second',
      perCpuSecond: 'CPU second of both',
    })) {
      const ratio = median(ratiosOf(figure, measured.today, measured.baseline));
      const met = verdict(ratio >= limit, `at least ${limit}`);
      console.log(`  ${`${title}, a ${name}`.padEnd(46)} ${ratio.toFixed(2)} times  ${met}`);
    }
  }
}

async function registerAccounts(url) {
  const accounts = [];
  for (let number = 0; number < USERS * ACCOUNTS_PER_USER; number += 1) {
    const [username, email] = [`bench${number}`, `bench${number}@example.com`];
    const { access } = await postJson(`${url}/api/auth/register`, {
      username,
      email,
      password: 'correct horse',
    });
    accounts.push({ email, token: access });
  }
  return accounts;
}

async function measureLargeCatalogue(environment, build, size, seed) {
  console.log(
    `\nSearches of ${size.toLocaleString('en')} products, ${SAMPLES} addresses each, one at a time:`,
  );
  const databaseUrl = await environment.keptDatabase(`catalogue_${size}`, () =>
    createCatalogue(environment, build, size),
  );
  const app = await environment.startApp(databaseUrl, SETTINGS, { build });
  const [user] = openUsers({ url: app.url, accounts: [] }, { users: 1, products: size, seed });
  try {
    for (const [title, { addressOf, bar }] of Object.entries(searchesOf(user))) {
      await timesOf(app.url, () => addressOf(), 8); // warms up
      const times = await timesOf(app.url, addressOf, SAMPLES);
      const at = (share) => quantile(times, share);
      console.log(
        `  ${title.padEnd(34)} p50 ${at(0.5).toFixed(1).padStart(6)} ms   p95 ${at(0.95).toFixed(1).padStart(6)} ms  ${verdict(at(0.95) <= bar, `at most ${bar} ms`)}`,
      );
    }
  } finally {
    user.close();
  }
}

/** Parts of hundreds of other words. */
const SHORT_MATERIALS = WORDS.materials.filter((word) => word.length <= 3);
const SHORT_THINGS = WORDS.things.filter((word) => word.length <= 3);

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
    'two words of some': () => `${VOCABULARY[user.between(5, 300)]} ${user.oneOf(things)}`,
    'three words': () => `${user.oneOf(materials)} ${user.oneOf(things)} ${user.oneOf(rooms)}`,
    'three short words': () =>
      `${user.oneOf(SHORT_MATERIALS)} ${user.oneOf(SHORT_THINGS)} ${user.oneOf(rooms)}`,
    'three words and two of all': () =>
      `${user.oneOf(things)} for ${user.oneOf(rooms)} and ${user.oneOf(rooms)}`,
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
    'three short words': () => `search=${encodeURIComponent(searches['three short words']())}`,
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

/** @returns {Promise<number[]>} milliseconds; a page past the end (404) counts as well */
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
  return times;
}

function report(title, before, today, unit, bar) {
  const ratio = before / today;
  console.log(
    `  ${title.padEnd(40)} ${before.toFixed(3)} ${unit} → ${today.toFixed(3)} ${unit}  ${ratio.toFixed(1)} times  ${verdict(ratio >= bar, `at least ${bar}`)}`,
  );
}
