/** Files that take longest, and mostly by waiting: they begin first, so that at the end no core waits for one of them. */
const LONGEST = [
  'mail',
  'oversell',
  'rate-limits',
  'stop',
  'kill',
  'cluster',
  'import-users',
  'embedded-postgres',
];

/** Jest's own order is by what it remembers of earlier runs, and a fresh clone remembers nothing. */
module.exports = class LongestFirst {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return [...tests].sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
  }

  shard(tests) {
    return tests;
  }

  /** Those of a second run (see `scripts/test.mjs`). */
  allFailedTests(tests) {
    const again = JSON.parse(process.env.TEST_AGAIN);
    return tests.filter(({ path }) => again.includes(path));
  }

  cacheResults() {}
};
