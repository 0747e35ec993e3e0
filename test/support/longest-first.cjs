/** The files that take longest. They run first, so that no core is idle at the end of a run. */
const LONGEST = [
  'browser/shop',
  'stop',
  'embedded-postgres',
  'cluster',
  'browser/admin',
  'kill',
  'mail',
  'events',
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
  'import-products',
  'audit',
  'clients',
  'import-users',
  'replica',
  'rolling-release',
  'read-cache',
  'wrong-clock',
  'swagger-ui',
  'favorite-mails',
  'order-changes',
  'locked-row',
];

/** Jest sorts by the durations of earlier runs, which a fresh clone does not have. */
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

  /** The files of the second run (see `scripts/test.mjs`). */
  allFailedTests(tests) {
    const again = JSON.parse(process.env.TEST_AGAIN);
    return tests.filter(({ path }) => again.includes(path));
  }

  cacheResults() {}
};
