import everyDay from '../../jest.config.mjs';

/** `npm run test:load`: what a shop does under more load than it can carry. On a machine that does nothing else. */
export default {
  ...everyDay,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/load/*.load.ts'],
  testSequencer: undefined,
  testTimeout: 300_000,
  maxWorkers: 1,
};
