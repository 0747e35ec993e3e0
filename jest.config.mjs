import { spawnSync } from 'node:child_process';

const ESM_PACKAGES = [
  '@angular',
  '@nestjs',
  'cookie',
  'content-disposition',
  'stream-chain',
  'stream-json',
  'thumbhash',
  'uuid',
];

const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
    },
    module: { type: 'commonjs' },
  },
];

/** Jest runs in CommonJS mode, which Nest's ESM packages are translated for; the app under test is the real build. */
const project = {
  transform: { '\\.(ts|js|mjs)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join('|')})/)`, '<rootDir>/dist/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: '<rootDir>/test/support/shop-environment.mjs',
};
const specs = ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'];
const faults = '<rootDir>/test/faults/';

/** `npx jest --selectProjects faults`: what the shop does when something breaks, or too much comes at once. */
export default {
  projects: [
    { ...project, displayName: 'shop', testMatch: specs, testPathIgnorePatterns: ['/node_modules/', faults] },
    { ...project, displayName: 'faults', testMatch: [`${faults}**/*.spec.ts`] },
  ],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  testTimeout: 180_000, // machines are shared, and slow at times
  onlyFailures: Boolean(process.env.TEST_AGAIN),
  maxWorkers: process.env.TEST_AGAIN ? 1 : workers(),
};

/**
 * Much of what the tests do is waiting, so that two cores have time for three at once. On a machine that is slow or busy
 * with other things the third only takes it from the others, and what has to happen in time does not.
 */
function workers() {
  const starts = Array.from({ length: 3 }, () => {
    const startedAt = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - startedAt;
  });
  return Math.min(...starts) < 70 ? 3 : 2;
}
