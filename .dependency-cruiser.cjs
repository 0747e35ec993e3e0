/**
 * Imports run one way; see "Layout" in CONTRIBUTING.md. An import of a type counts like any other.
 */

/** What each feature may import beside itself, the infrastructure and packages. */
const MAY_IMPORT = {
  audit: [],
  sessions: [],
  jobs: [],
  mail: ['jobs'],
  'account-tokens': [],
  idempotency: [],
  users: ['sessions', 'account-tokens', 'mail', 'idempotency', 'rate-limit'],
  auth: ['users', 'sessions', 'account-tokens', 'mail', 'cart', 'orders', 'idempotency', 'rate-limit'],
  'auth-v1': ['auth', 'users', 'orders', 'idempotency', 'rate-limit'],
  account: ['mail', 'users', 'sessions', 'orders', 'rate-limit'],
  media: [],
  products: ['audit', 'idempotency', 'media'],
  cart: ['products', 'idempotency', 'rate-limit'],
  orders: ['audit', 'cart', 'products', 'mail', 'idempotency', 'rate-limit'],
  favorites: ['products', 'idempotency', 'mail', 'account-tokens', 'users'],
  events: ['sessions'],
  'rate-limit': [],
  webhooks: ['audit', 'idempotency', 'jobs'],
  health: [],
  imports: ['audit', 'jobs', 'media', 'products'],
  admin: ['audit', 'users', 'account', 'orders', 'products', 'jobs', 'webhooks'],
  housekeeping: [
    'account',
    'admin',
    'audit',
    'cart',
    'favorites',
    'sessions',
    'idempotency',
    'imports',
    'mail',
    'orders',
    'products',
    'rate-limit',
    'webhooks',
  ],
  seed: ['media', 'users', 'products'],
  welcome: ['mail'],
};

const FEATURES = Object.keys(MAY_IMPORT);
const INFRASTRUCTURE = ['config', 'database', 'http'];

/** Commands: like the files at the root of `src` they put the parts together. */
const WIRING = ['cli'];

const inOneOf = (folders) => `^src/(${folders.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...FEATURES.map((feature) => ({
      name: `one-way-${feature}`,
      severity: 'error',
      from: { path: inOneOf([feature]) },
      to: { path: '^src/', pathNot: inOneOf([feature, ...MAY_IMPORT[feature], ...INFRASTRUCTURE]) },
    })),
    {
      name: 'infrastructure-knows-no-feature',
      severity: 'error',
      from: { path: inOneOf(INFRASTRUCTURE) },
      to: { path: '^src/', pathNot: inOneOf(INFRASTRUCTURE) },
    },
    {
      name: 'every-folder-has-its-rule',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: inOneOf([...FEATURES, ...INFRASTRUCTURE, ...WIRING]) },
      to: {},
    },
    {
      name: 'no-foreign-tables',
      comment: "another feature's repositories and entities are not imported, only its services",
      severity: 'error',
      from: { path: inOneOf(FEATURES) },
      to: { path: '^src/[^/]+/.+[.](repository|entity)[.]ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'typeorm-stays-inside',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.](entity|repository)[.]ts$|^src/database/' },
      to: { path: 'node_modules/typeorm' },
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
