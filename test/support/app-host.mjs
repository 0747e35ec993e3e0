// Opens one app after the other in one process, each with its own settings and database. Messages of the parent:
// { open: settings } opens an app, which prints its banner; { close: true } closes it and is answered with 'closed'.
import { createRequire } from 'node:module';
import { printBanner } from '../../dist/src/banner.js';
import { loadConfig } from '../../dist/src/config/config.js';
import { endFailedStart } from '../../dist/src/failed-start.js';

const require = createRequire(import.meta.url);
const { openShop } = require('../../dist/src/start.js'); // as main.js loads it

let closeApp;

async function open(settings) {
  const config = loadConfig(settings);
  await openShop(config, (app, closeDatabase) => {
    closeApp = async () => {
      app.getHttpServer().closeAllConnections();
      await app.close();
      await closeDatabase();
    };
  });
  printBanner(config);
}

process.on('message', ({ open: settings, close }) => {
  if (settings) open(settings).catch(endFailedStart);
  if (close) closeApp().then(() => process.send('closed'));
});
process.on('disconnect', () => process.exit());
