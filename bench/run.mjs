/**
 * `npm run bench`: the app beside a hand-written baseline (`baseline/server.mjs`), in interleaved rounds of one run.
 *
 *   --quick               short rounds
 *   --only list,detail    these scenarios only
 *   --rounds, --seconds   number of rounds for each server, and seconds of a round
 *   --profile FOLDER      also writes a CPU profile of each process of the app, which slows it
 *   --search              instead: searches, and a comparison with the build of BASELINE in bench/search.mjs
 *   --parts writes        for --search: only these of writes, requests and searches
 *   --up-to 100000        for --search: number of products, in place of a million
 *   --seed 2              for --search: other words, in place of those of seed 1
 *   --data-dir FOLDER     for --search: keeps the catalogue there, and uses it again
 *   --pictures            instead: uploads of pictures, compared with the same calls of sharp alone
 *   --import              instead: an import of 100,000 products, compared with COPY of the same rows
 *   --startup             instead: the time from the start of the app until it is ready
 */
import { parseArgs } from 'node:util';
import { compareWithBaseline } from './compare.mjs';
import { measureImport } from './import.mjs';
import { measurePictures } from './pictures.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { measureSearch, PARTS } from './search.mjs';
import { measureStartup } from './startup.mjs';

const QUICK = { rounds: 3, seconds: 0.5, warmUpSeconds: 0.8 };
const THOROUGH = { rounds: 7, seconds: 2, warmUpSeconds: 4 };

const flag = /** @type {const} */ ({ type: 'boolean' });
const text = /** @type {const} */ ({ type: 'string', multiple: false });
const { values } = parseArgs({
  options: {
    quick: flag,
    only: { ...text, default: Object.keys(SCENARIOS).join() },
    rounds: text,
    seconds: text,
    profile: text,
    search: flag,
    parts: { ...text, default: PARTS.join() },
    'up-to': { ...text, default: '1000000' },
    seed: { ...text, default: '1' },
    'data-dir': text,
    pictures: flag,
    import: flag,
    startup: flag,
  },
});

const pace = values.quick ? QUICK : THOROUGH;
const scenarios = values.only.split(',').map((name) => SCENARIOS[name] ?? refuse(`--only: no ${name}`));
const rounds = Number(values.rounds ?? pace.rounds);
const seconds = Number(values.seconds ?? pace.seconds);
if (!(rounds >= 1)) refuse('--rounds must be a number from 1');
if (!(seconds > 0 && seconds <= 10)) refuse('--seconds must be a number above 0, at most 10');

if (values.startup) await measureStartup();
else if (values.import) await measureImport();
else if (values.pictures) await measurePictures();
else if (values.search) {
  const [upTo, seed] = [Number(values['up-to']), Number(values.seed)];
  await measureSearch({ parts: values.parts.split(','), upTo, seconds, seed, dataDir: values['data-dir'] });
} else await compareWithBaseline({ ...pace, scenarios, rounds, seconds, profileDir: values.profile });

function refuse(message) {
  console.error(message);
  process.exit(1);
}
