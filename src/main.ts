import { createRequire } from 'node:module';
import { startedPart } from './start-times.js';

startedPart('node');

// `require` loads the many files of the packages faster than `import`, and keeps less of them in memory.
const require = createRequire(import.meta.url);
const { start } = require('./start.js') as typeof import('./start.js');

await start();
