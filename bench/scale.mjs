import { SingleBar } from 'cli-progress';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measure } from './compare.mjs';
import { load } from './driver.mjs';
import { describeMachine, divideCpus, residentMb } from './machine.mjs';
import { fillShop, modelOf, rowsOf, SLUGS, WORDS } from './scale-data.mjs';
import { explainAll } from './scale-plans.mjs';
import { ACCOUNTS_PER_SHOPPER } from './shopper.mjs';
import { closeOnSignal, Stage, withClient } from './stage.mjs';
import { purchase } from './workloads.mjs';

const SIZES = [1_000, 100_000, 1_000_000];
const BAR = 1.5;

/** Few, so that what is measured is how long an answer takes and not how long it waits for the others. */
const CONNECTIONS = 2;
const ROUNDS = 9;
const SECONDS = 0.6;
const WARM_UP = { acts: 500, seconds: 2 };

const isList = ({ results, count }) => results.length > 0 && count >= results.length;
const isListOrEmpty = ({ results, count }) => count >= results.length;
const isFullPage = ({ results }) => results.length === 20;
const cursorAfter = (id) => Buffer.from(JSON.stringify(['id', String(id), id])).toString('base64url');

/** What shoppers and the admin of a shop of any size do; see `workloads.mjs`. */
const WORKLOADS = {
  list: { act: (shopper) => shopper.get('/api/products'), isRight: isFullPage },
  'deep page': {
    act: (shopper) =>
      shopper.get(`/api/products?page=${shopper.between(shopper.products / 40, shopper.products / 20)}`),
    isRight: isFullPage,
  },
  'cursor page': {
    act: (shopper) => {
      const cursor = cursorAfter(shopper.between(1, shopper.products - 100));
      return shopper.get(`/api/products?page=2&cursor=${cursor}`);
    },
    isRight: isFullPage,
  },
  filtered: {
    act: (shopper) =>
      shopper.get(
        `/api/products?category=${shopper.oneOf(SLUGS)}&min_price=${shopper.between(2, 50)}&ordering=price`,
      ),
    isRight: isList,
  },
  'category, newest': {
    act: (shopper) => shopper.get(`/api/products?category=${shopper.oneOf(SLUGS)}&ordering=-created_at`),
    isRight: isList,
  },
  'search, rare word': {
    act: (shopper) => shopper.get(`/api/products?search=${modelOf(shopper.anyProduct())}`),
    isRight: isList,
  },
  'search, common words': {
    act: (shopper) =>
      shopper.get(`/api/products?search=${shopper.oneOf(WORDS.materials)}+${shopper.oneOf(WORDS.rooms)}`),
    isRight: isList,
  },
  'search, what few have': {
    act: (shopper) =>
      shopper.get(`/api/products?search=${shopper.oneOf(WORDS.materials)}+${shopper.oneOf(WORDS.things)}`),
    isRight: isListOrEmpty,
  },
  'search, one word by price': {
    act: (shopper) => shopper.get(`/api/products?search=${shopper.oneOf(WORDS.things)}&ordering=price`),
    isRight: isList,
  },
  'search, in a category': {
    act: (shopper) =>
      shopper.get(`/api/products?search=${shopper.oneOf(WORDS.materials)}&category=${shopper.oneOf(SLUGS)}`),
    isRight: isListOrEmpty,
  },
  'search, word of every product': {
    act: (shopper) => shopper.get('/api/products?search=delivered'),
    isRight: isFullPage,
  },
  suggest: {
    act: (shopper) => {
      const word = shopper.oneOf(WORDS.things);
      return shopper.get(`/api/products/suggest?search=${word.slice(0, shopper.between(2, word.length))}`);
    },
    isRight: isList,
  },
  detail: {
    act: (shopper) => shopper.get(`/api/products/${shopper.anyProduct()}`),
    isRight: ({ id }) => id > 0,
  },
  purchase: { act: purchase, isRight: ({ items }) => items.length === 1 },
  'my orders': {
    act: (shopper) => shopper.get('/api/orders/my-orders', shopper.any('readers')),
    isRight: isList,
  },
  'all orders': { act: (shopper) => shopper.get('/api/orders', shopper.admin), isRight: isFullPage },
};

/**
 * `npm run bench -- --scale`: shops of a thousand to a million products and as many orders, side by side and in turns:
 * what each request takes in the larger ones, as a ratio to the smallest. The plans of all statements in the largest
 * are written to `out`.
 */
export async function scale({ upTo, out }) {
  const sizes = SIZES.filter((size) => size <= upTo);
  const { onServerCpu, division } = divideCpus();
  console.log(`${describeMachine()}; ${division}.
${CONNECTIONS} connections, no read cache; ${ROUNDS} rounds of ${SECONDS} s, sizes in turns: medians in ms (CPU: of server and database together, for one), and ratios to the smallest size.\n`);
  const opening = Stage.open({ onServerCpu, profileDir: undefined });
  closeOnSignal(opening);
  const stage = await opening;
  try {
    const shops = [];
    for (const size of sizes) shops.push(await openShop(stage, size));
    console.log(`\n${heading(sizes)}`);
    const postmasterPid = await stage.postmasterPid();
    const results = [];
    for (const [name, workload] of Object.entries(WORKLOADS)) {
      const result = { workload: name, sizes: await compareSizes(shops, workload, postmasterPid) };
      console.log(rowOf(result));
      results.push(result);
    }
    const memory = shops.map(({ size, pid, memoryMb }) => ({
      size,
      before: memoryMb,
      after: residentMb(pid),
    }));
    console.log(`\nMemory of the app in MB, before and after all that:`);
    for (const { size, before, after } of memory) {
      console.log(`  ${size.toLocaleString('en').padStart(9)}  ${before.toFixed(0)}  ${after.toFixed(0)}`);
    }
    for (const shop of shops) stage.checkLedger(shop);

    const slow = results.filter(({ sizes: [, ...larger] }) => larger.some(({ ratio }) => ratio > BAR));
    console.log(
      `\nThe ledgers explain every purchase. ${
        slow.length === 0
          ? `All within ${BAR} times the smallest.`
          : `Beyond ${BAR} times the smallest: ${slow.map(({ workload }) => workload).join('; ')}.`
      }`,
    );
    mkdirSync(out, { recursive: true });
    writeFileSync(path.join(out, 'scale.json'), JSON.stringify({ memory, results }, null, 2));
    writeFileSync(path.join(out, 'scale-plans.txt'), await plansOf(shops.at(-1)));
    console.log(`Written: ${out}/scale.json, ${out}/scale-plans.txt`);
  } finally {
    await stage.close();
  }
}

/** A shop of that size, open, with accounts for shoppers and an admin. */
async function openShop(stage, size) {
  const bar = new SingleBar({
    format: `${size.toLocaleString('en').padStart(9)} products  {bar}  {value}/{total} rows  {duration_formatted}`,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });
  bar.start(rowsOf(size), 0);
  const shop = await stage.startShop(`shop_${size}`, {
    users: CONNECTIONS * ACCOUNTS_PER_SHOPPER + 1,
    fill: (client) => fillShop(client, size, (rows) => bar.increment(rows)),
  });
  bar.stop();
  const admin = shop.accounts.pop();
  return { ...shop, size, admin, memoryMb: residentMb(shop.pid) };
}

/** Rounds of one workload, sizes in turns. A ratio is that of neighbours in time, whatever else the machine does. */
async function compareSizes(shops, workload, postmasterPid) {
  const optionsFor = ({ size }) => ({ connections: CONNECTIONS, products: size });
  const actIn = (shop) => ({
    ...workload,
    act: (shopper) => workload.act(Object.assign(shopper, { admin: shop.admin })),
  });
  for (const shop of shops) await load(shop, actIn(shop), { ...optionsFor(shop), ...WARM_UP, seed: 0 });
  const rounds = [];
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const figures = [];
    for (const shop of shops) {
      const options = { ...optionsFor(shop), seconds: SECONDS, acts: Infinity, seed };
      const { p50, p99, ...measured } = await measure(shop, actIn(shop), options, postmasterPid);
      const cpu = ((measured.serverCpu + measured.databaseCpu) / measured.perSecond) * 1000;
      figures.push({ p50, p99, cpu });
    }
    rounds.push(figures);
  }
  return shops.map(({ size }, index) => {
    const of = (figure) => median(rounds.map((round) => figure(round[index], round[0])));
    return {
      size,
      p50: of(({ p50 }) => p50),
      p99: of(({ p99 }) => p99),
      cpu: of(({ cpu }) => cpu),
      ratio: of(({ p50 }, smallest) => p50 / smallest.p50),
      cpuRatio: of(({ cpu }, smallest) => cpu / smallest.cpu),
    };
  });
}

function plansOf({ databaseUrl, accounts, size }) {
  return withClient(databaseUrl, (client) =>
    explainAll(client, {
      category: SLUGS[0],
      model: modelOf(size),
      material: WORDS.materials[0],
      thing: WORDS.things[0],
      room: WORDS.rooms[0],
      user: accounts[0].id,
      products: size,
    }),
  );
}

const quantile = (sorted, share) => sorted[Math.floor(sorted.length * share)];
const median = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

function heading(sizes) {
  const titles = sizes.map((size) => size.toLocaleString('en').padStart(20));
  const columns = sizes.map(() => 'p50    p99    CPU'.padStart(20));
  return [
    ['workload'.padEnd(30), ...titles, 'ratio of'.padStart(16), 'ratio of'.padStart(16)],
    [''.padEnd(30), ...columns, 'p50'.padStart(16), 'CPU'.padStart(16)],
  ]
    .map((cells) => cells.join(' '))
    .join('\n');
}

function rowOf({ workload, sizes }) {
  const cells = sizes.map(({ p50, p99, cpu }) =>
    [p50.toFixed(2), p99.toFixed(1).padStart(6), cpu.toFixed(2).padStart(6)].join(' ').padStart(20),
  );
  const [, ...larger] = sizes;
  const ratios = ['ratio', 'cpuRatio'].map((name) =>
    larger
      .map((figures) => figures[name].toFixed(2))
      .join('  ')
      .padStart(16),
  );
  return [workload.padEnd(30), ...cells, ...ratios].join(' ');
}
