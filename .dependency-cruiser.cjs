/** Imports run one way; see "Layout" in CONTRIBUTING.md. */
const FEATURES =
  '^src/(account|auth-v1|auth|jobs|account-tokens|mail|users|sessions|products|cart|orders|favorites|idempotency|health|housekeeping|seed)/';

/** What each folder may import beside itself, the infrastructure and packages. */
const MAY_IMPORT = {
  sessions: [],
  jobs: [],
  mail: ['jobs'],
  'account-tokens': [],
  idempotency: [],
  users: ['sessions', 'account-tokens', 'mail', 'idempotency', 'rate-limit'],
  auth: ['users', 'sessions', 'account-tokens', 'mail', 'rate-limit'],
  'auth-v1': ['auth', 'users', 'orders', 'rate-limit'],
  account: ['users', 'sessions', 'orders', 'rate-limit'],
  products: ['idempotency'],
  cart: ['products', 'idempotency'],
  favorites: ['products', 'idempotency'],
  orders: ['cart', 'products', 'idempotency'],
  'rate-limit': [],
  health: [],
  housekeeping: ['sessions', 'idempotency', 'orders', 'rate-limit'],
  seed: ['users', 'products'],
};

const INFRASTRUCTURE = ['config', 'database', 'http'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(MAY_IMPORT).map(([feature, others]) => ({
      name: `one-way-${feature}`,
      severity: 'error',
      from: { path: `^src/${feature}/` },
      to: {
        path: '^src/',
        pathNot: `^src/(${[feature, ...others, ...INFRASTRUCTURE].join('|')})/`,
        dependencyTypesNot: ['type-only'],
      },
    })),
    {
      name: 'infrastructure-knows-no-feature',
      comment: 'but where the one DataSource and the one app are put together',
      severity: 'error',
      from: { path: '^src/(config|database|http)/', pathNot: 'data-source|create-app|graceful-stop' },
      to: { path: FEATURES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-foreign-tables',
      comment: "another feature's repository or entity is its own affair",
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/(cli/|database/data-source)' },
      to: {
        path: '^src/[^/]+/.+[.](repository|entity)[.]ts$',
        pathNot: ['^src/$1/', '^src/rate-limit/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'typeorm-stays-inside',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.](entity|repository)[.]ts$|^src/database/' },
      to: { path: 'node_modules/typeorm', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-test-in-src', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
