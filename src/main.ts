import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { startedPart } from './start-times.js';

// Else V8 lets what outlived its request take several times what lives before it collects it. A smaller process is
// paid for with more collecting.
setFlagsFromString('--heap-growing-percent=30');
startedPart('node');

// By `require`, which reads the many files of the packages faster than `import`, and keeps less of them.
const require = createRequire(import.meta.url);
const { start } = require('./start.js') as typeof import('./start.js');

await start();
