import path from 'node:path';
import everyDay from '../../jest.config.mjs';

const rootDir = path.resolve(import.meta.dirname, '../..');

/** `npm run test:load`: the shop under more load than it can serve. On an idle machine. */
export default {
  ...everyDay,
  rootDir,
  // Measurements are not retried.
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
