import { execFileSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { Environment } from './environment.mjs';
import { median, ratiosOf } from './figures.mjs';
import { ACCOUNTS_PER_USER, measureInTurn, openUsers } from './load.mjs';
import { divideCpus, residentMb } from './machine.mjs';
import { purchase } from './scenarios.mjs';
import { startApps, startBaseline } from './servers.mjs';

const VIRTUAL_USERS = 32;
const PRODUCTS = 1_000;

/** Orders of each reader: more than one page. */
const ORDERS_PER_READER = 24;

/** Requests whose answers are compared before a scenario is measured. */
const COMPARED = 25;
const SIZE_TOLERANCE = 0.1;

/** Head of the table that README shows in part. */
const HEADING = `
| app ÷ baseline | per second | per CPU second of the app | of app and PostgreSQL | app: per second | p50 ms | p99 ms | CPU %: app | PostgreSQL |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`;

/**
 * Prints, for each scenario, the figures of the app and of the baseline and the ratios between them.
 *
 * @throws Error for the first wrong answer, and when the ledger does not explain the stock afterwards
 */
export async function compareWithBaseline({ scenarios, rounds, seconds, warmUpSeconds, profileDir }) {
  const { pin, machine } = divideCpus();
  console.log(`${machine}.
${VIRTUAL_USERS} virtual users, ${PRODUCTS} products; ${rounds} rounds of ${seconds} s, baseline and app in turn: medians, and ratios (least–most).`);

  const environment = await Environment.open(pin);
  try {
    const size = { products: PRODUCTS, accounts: VIRTUAL_USERS * ACCOUNTS_PER_USER };
    const baseline = await startBaseline(environment, size);
    const apps = await startApps(environment, size, profileDir);
    const shop = { users: VIRTUAL_USERS, products: PRODUCTS };
    await placeOrders(baseline, shop);
    await placeOrders(apps.delivered, shop);
    for (const scenario of scenarios) await assertSameAnswers(baseline, apps[scenario.app], scenario, shop);
    console.log(
      `Both servers give the same answers, apart from ids, times and order among equals.\n${HEADING}`,
    );

    const pace = { rounds, seconds, warmUpSeconds, databasePid: environment.databasePid };
    for (const { title, act, app, users = VIRTUAL_USERS } of scenarios) {
      const servers = { baseline, app: apps[app] };
      const measured = await measureInTurn(servers, act, { ...shop, users, ...pace });
      console.log(rowOf(title, measured.app, measured.baseline));
    }

    execFileSync(process.execPath, ['dist/src/cli/check-ledger.js'], {
      env: apps.delivered.env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    console.log(`
Resident memory after load: baseline ${residentMb(baseline.pid)} MB, app ${residentMb(apps.delivered.pid)} MB. The ledger explains every sale.`);
  } finally {
    await environment.close();
  }
}

/** Places the orders of the readers, through the API. */
async function placeOrders(server, shop) {
  const users = openUsers(server, { ...shop, seed: 1 });
  await Promise.all(
    users.map(async (user) => {
      for (const reader of user.accounts.readers) {
        for (let order = 0; order < ORDERS_PER_READER; order += 1) await purchase(user, reader);
      }
      user.close();
    }),
  );
}

/** @throws Error unless the servers' responses to the same requests have equal members and counts, and similar sizes */
async function assertSameAnswers(baseline, app, { title, act }, shop) {
  const users = [baseline, app].map((server) => openUsers(server, { ...shop, seed: 7 })[0]);
  for (let request = 0; request < COMPARED; request += 1) {
    const [theirs, ours] = await Promise.all(users.map((user) => act(user)));
    const [wanted, shape] = [theirs, ours].map((body) => shapeOf(JSON.parse(body)));
    if (!isDeepStrictEqual(shape, wanted) || Math.abs(ours.length / theirs.length - 1) > SIZE_TOLERANCE) {
      throw new Error(`${title}: the app answers ${ours}\nthe baseline ${theirs}`);
    }
  }
  for (const user of users) user.close();
}

/** The structure of a body: its members, the lengths of lists with their first item, and the count of a page. */
function shapeOf(value, name = '') {
  if (Array.isArray(value)) return [value.length, value.length > 0 && shapeOf(value[0])];
  if (value === null || typeof value !== 'object') return name === 'count' && value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, shapeOf(inner, member)]));
}

/** Medians of the ratios of consecutive rounds, for the rate with the least and the greatest, and of the app's figures. */
function rowOf(title, app, baseline) {
  const ratio = (figure) => median(ratiosOf(figure, app, baseline)).toFixed(2);
  const own = (figure, digits) => median(app.map((round) => round[figure])).toFixed(digits);
  const rates = ratiosOf('perSecond', app, baseline);
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map((rate) => rate.toFixed(2));
  const cells = [
    title,
    `${ratio('perSecond')} (${least}–${most})`,
    ratio('perServerCpuSecond'),
    ratio('perCpuSecond'),
    own('perSecond', 0),
    ...['p50', 'p99'].map((figure) => own(figure, 1)),
    ...['serverCpu', 'databaseCpu'].map((figure) => own(figure, 0)),
  ];
  return `| ${cells.join(' | ')} |`;
}
