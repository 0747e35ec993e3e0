/** Files that take longest: they begin first, those that mostly wait among them, so that at the end no core waits. */
const LONGEST = [
  'browser/shop',
  'stop',
  'embedded-postgres',
  'cluster',
  'browser/admin',
  'kill',
  'mail',
  'rate-limits',
  'oversell',
  'admin-imports',
  'refusing-database',
  'bodies',
  'uploads',
  'webhooks',
  'shop-figures',
  'backup',
  'old-hashes',
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
