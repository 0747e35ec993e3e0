import path from 'node:path';
import everyDay from '../../jest.config.mjs';

const rootDir = path.resolve(import.meta.dirname, '../..');

/** `npm run test:load`: what a shop does under more load than it can carry. On a machine that does nothing else. */
export default {
  ...everyDay,
  rootDir,
  // What is measured has one try.
  projects: [
    {
      ...everyDay.projects[0],
      rootDir,
      setupFilesAfterEnv: [],
      testMatch: ['<rootDir>/test/load/*.load.ts'],
    },
  ],
  testSequencer: undefined,
  testTimeout: 300_000,
  maxWorkers: 1,
};
