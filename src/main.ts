import { createRequire } from 'node:module';
import { startedPart } from './start-times.js';

startedPart('node');

// `require` instead of `import()`: `npm run bench -- --startup` shows the difference, which is that of loading the packages.
const require = createRequire(import.meta.url);
const { start } = require('./start.js') as typeof import('./start.js');

await start();
