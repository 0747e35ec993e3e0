import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { startedPart } from './start-times.js';

// V8 would let the young generation grow to 48 MB and the old one to four times what lives in it.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=20');
startedPart('node');

// By `require`, which reads two thousand files in a fifth less time than `import`, and keeps less of them.
const require = createRequire(import.meta.url);
const { start } = require('./start.js') as typeof import('./start.js');

await start();
