import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillCatalogue, modelOf, textOf, VOCABULARY, WORDS } from './catalogue.mjs';
import { Environment, withClient } from './environment.mjs';
import { median, millisecondsOf, quantile, ratiosOf, report } from './figures.mjs';
import { ACCOUNTS_PER_USER, measureInTurn, openUsers } from './load.mjs';
import { divideCpus } from './machine.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { startShop } from './servers.mjs';

/** The last commit before the inverted index of words gave way to PostgreSQL's own index types. */
const BASELINE = '1d72f18';

const CHANGED_CATALOGUE = 100_000;
/** A change of the baseline is cancelled after so long, unless it needs more time to show that the target is met. */
const PATIENCE_MS = 60_000;
const CONNECTIONS = 8;
const ADDING_MS = 5_000;
const USERS = 8;
const ROUNDS = 5;
const WARM_UP = 8;
const SAMPLES = 60;
const MAX_SEARCH_MS = 50;
const MAX_FACETS_MS = 100;
/** Least ratio that counts as "no slower", given the noise of a run. */
const NO_SLOWER = 0.95;

export const PARTS = ['writes', 'requests', 'searches'];

/**
 * `npm run bench -- --search`: compares changes of texts, additions, lists, details and purchases with the build of
 * BASELINE, in turn on one PostgreSQL; then measures searches and facets of a catalogue of `upTo` products.
 *
 * @param {{ parts: string[], upTo: number, seconds: number, seed: number, dataDir?: string }} options `seed` chooses the
 *   words of the searches; the catalogue is kept in `dataDir` for later runs
 */
export async function measureSearch({ parts, upTo, seconds, seed, dataDir }) {
  const { pin, machine } = divideCpus();
  console.log(`${machine}.`);
  const environment = await Environment.open(pin, dataDir);
  try {
    if (parts.includes('writes')) await compareWrites(environment, buildOfBaseline());
    if (parts.includes('requests')) await compareRequests(environment, buildOfBaseline(), seconds);
    if (parts.includes('searches')) await measureSearches(environment, upTo, seed);
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
  for (const command of ['ci --no-audit --no-fund', 'run build']) {
    execFileSync('npm', command.split(' '), { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
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

async function compareWrites(environment, build) {
  console.log(`\nWrites to ${CHANGED_CATALOGUE.toLocaleString('en')} products:`);
  const baseline = await createCatalogue(environment, build, CHANGED_CATALOGUE);
  const today = await createCatalogue(environment, '.', CHANGED_CATALOGUE);
  for (const [count, limit] of [
    [1_000, 15],
    [8_000, 100],
  ]) {
    const texts = Array.from({ length: count }, (_, index) =>
      textOf(CHANGED_CATALOGUE + count + index, 30 + (index % 70)),
    );
    const after = await millisecondsOfChange(today, texts);
    const before = await millisecondsOfChange(baseline, texts, Math.max(PATIENCE_MS, 1.1 * limit * after));
    const characters = (texts.join('').length / count).toFixed(0);
    reportTimes(`${count} descriptions of ${characters} characters`, before, after, limit);
  }
  const additions = [await millisecondsOfAddition(baseline), await millisecondsOfAddition(today)];
  reportTimes(`an addition on ${CONNECTIONS} connections`, additions[0], additions[1], 3);
}

/** Changes the descriptions of the products with the first ids in one statement, which is cancelled after `patience`. */
function millisecondsOfChange(databaseUrl, texts, patience = 0) {
  return withClient(databaseUrl, async (client) => {
    await client.query(`SET statement_timeout = ${Math.ceil(patience)}`);
    const change = `UPDATE products p SET description = text
      FROM unnest($1::text[]) WITH ORDINALITY AS written (text, id) WHERE p.id = written.id`;
    const cancelled = (error) => {
      if (error.code !== '57014') throw error;
      console.log('  (cancelled in the baseline: the next ratio is a lower bound)');
    };
    return millisecondsOf(() => client.query(change, [texts]).catch(cancelled));
  });
}

/** Adds products on several connections for some seconds. */
async function millisecondsOfAddition(databaseUrl) {
  const end = performance.now() + ADDING_MS;
  let added = 0;
  const addMany = (_, connection) =>
    withClient(databaseUrl, async (client) => {
      for (; performance.now() < end; added += 1) await addProduct(client, `${connection}-${added}`);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, addMany));
  return ADDING_MS / added;
}

/** Adds a product by a statement like the app's. */
async function addProduct(client, number) {
  const text = textOf(2 * CHANGED_CATALOGUE + Number(number.split('-')[1]));
  await client.query({
    name: 'add',
    text: `WITH inserted AS (
        INSERT INTO products (name, slug, description, price, stock, stock_sequence, category_id)
        VALUES ($1, $2, $3, 10, 5, 1, 1) RETURNING id, stock
      )
      INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
      SELECT id, 1, stock, stock, 'initial' FROM inserted`,
    values: [`Added NEW-${number}`, `added-${number}`, `${text} for kitchen and study.`],
  });
}

async function compareRequests(environment, build, seconds) {
  const shop = { products: 1_000, users: USERS };
  console.log(
    `\nRequests to a shop of ${shop.products} products, ${USERS} users, ${ROUNDS} rounds of ${seconds} s in turn:`,
  );
  const size = { products: shop.products, accounts: USERS * ACCOUNTS_PER_USER };
  const baseline = await startShop(environment, size, { build, settings: SETTINGS });
  const app = await startShop(environment, size, { settings: SETTINGS });
  const pace = { rounds: ROUNDS, seconds, databasePid: environment.databasePid };
  for (const [title, { act }, limit] of /** @type {const} */ ([
    ['list, pages 1 to 50', SCENARIOS.list, 2],
    ['detail', SCENARIOS.detail, NO_SLOWER],
    ['purchase', SCENARIOS.purchase, NO_SLOWER],
  ])) {
    const measured = await measureInTurn({ baseline, app }, act, { ...shop, ...pace });
    const ratioOf = (figure) => median(ratiosOf(figure, measured.app, measured.baseline));
    reportRatio(`${title}, a second`, ratioOf('perSecond'), limit);
    reportRatio(`${title}, a CPU second of both`, ratioOf('perCpuSecond'), limit);
  }
}

async function measureSearches(environment, size, seed) {
  console.log(
    `\nSearches of ${size.toLocaleString('en')} products, ${SAMPLES} addresses each, one at a time:`,
  );
  const databaseUrl = await environment.keptDatabase(`catalogue_${size}`, () =>
    createCatalogue(environment, '.', size),
  );
  const { url } = await environment.startApp({ databaseUrl, settings: SETTINGS });
  const [user] = openUsers({ url, accounts: [] }, { users: 1, products: size, seed });
  const searches = searchesOf(user);
  for (const [title, words] of Object.entries(searches)) {
    for (const page of ['1', '20']) {
      const query = () => ({ search: words(), page });
      await reportP95(`${title}, page ${page}`, `${url}/api/products`, query, MAX_SEARCH_MS);
    }
  }
  for (const [title, query] of Object.entries(facetsOf(user, searches))) {
    await reportP95(`facets of ${title}`, `${url}/api/products/facets`, query, MAX_FACETS_MS);
  }
  const beginning = () => ({ search: user.oneOf(WORDS.things).slice(0, user.between(2, 5)) });
  await reportP95('suggestions', `${url}/api/products/suggest`, beginning, MAX_SEARCH_MS);
  user.close();
}

/** Kinds of searches, each with a function that returns words. */
function searchesOf(user) {
  const { materials, things, rooms } = WORDS;
  const longerThan = (least, words) => words.filter(({ length }) => length > least);
  const shortOf = (words) => words.filter(({ length }) => length <= 3); // parts of hundreds of other words
  const some = () => VOCABULARY[user.between(5, 300)];
  const rare = () => VOCABULARY[user.between(3_000, 20_000)];
  const [material, thing, room] = [materials, things, rooms].map((words) => () => user.oneOf(words));
  const misspeltThing = () => misspelt(user.oneOf(longerThan(4, things)), user);
  return {
    'a code': () => modelOf(user.anyProduct()),
    'a rare word': rare,
    'a word of some': some,
    'a common word': () => user.oneOf([...materials, ...things, ...rooms]),
    'a word of all': () => user.oneOf(['delivered', 'cloth', 'days']),
    'two words': () => `${material()} ${thing()}`,
    'two words of some': () => `${some()} ${thing()}`,
    'three words': () => `${material()} ${thing()} ${room()}`,
    'three short words': () => `${user.oneOf(shortOf(materials))} ${user.oneOf(shortOf(things))} ${room()}`,
    'three words and two of all': () => `${thing()} for ${room()} and ${room()}`,
    'five words': () => `${material()} ${thing()} ${room()} ${room()} cloth`,
    'parts of two words': () => `${thing().slice(-3)} ${some().slice(1, 4)}`,
    'a beginning': () => thing().slice(0, 4),
    'a part': () => user.oneOf(longerThan(5, things)).slice(2),
    'a misspelt word': misspeltThing,
    'a misspelt rare word': () => misspelt(rare(), user),
    'one of two misspelt': () => `${material()} ${misspeltThing()}`,
  };
}

/** The word with two adjacent letters swapped. */
function misspelt(word, user) {
  const at = user.between(0, word.length - 2);
  return `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`;
}

function facetsOf(user, searches) {
  const price = () => ({ max_price: `${user.between(10, 500)}` });
  return {
    all: () => ({}),
    'a category': () => ({ category: `${user.oneOf(WORDS.things)}s` }),
    'a common word': () => ({ search: user.oneOf(WORDS.materials) }),
    'three short words': () => ({ search: searches['three short words']() }),
    'two words, a price': () => ({ search: searches['two words'](), ...price() }),
  };
}

/** Reads an address with several queries after a warm-up; a page past the end (404) counts as well. */
async function reportP95(title, url, queryOf, limit) {
  const times = [];
  for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
    const address = `${url}?${new URLSearchParams(queryOf())}`;
    const milliseconds = await millisecondsOf(async () => {
      const response = await fetch(address);
      const body = await response.text();
      if (!response.ok && response.status !== 404) throw new Error(`${address}: ${response.status} ${body}`);
    });
    if (sample >= 0) times.push(milliseconds);
  }
  const [p50, p95] = [0.5, 0.95].map((share) => quantile(times, share));
  const figures = `p50 ${p50.toFixed(1).padStart(6)} ms   p95 ${p95.toFixed(1).padStart(6)} ms`;
  report(`${title.padEnd(34)} ${figures}`, p95 <= limit, `at most ${limit} ms`);
}

function reportTimes(title, before, after, limit) {
  reportRatio(`${title}: ${before.toFixed(1)} ms → ${after.toFixed(1)} ms`, before / after, limit);
}

function reportRatio(title, ratio, limit) {
  report(`${title.padEnd(60)} ${ratio.toFixed(2)} times`, ratio >= limit, `at least ${limit}`);
}
