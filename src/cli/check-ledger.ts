import 'reflect-metadata';
import { loadConfig, readEnvironment } from '../config/config.js';
import { joinServer } from '../database/find-server.js';
import { openForMaintenance } from '../database/open-database.js';
import { withoutHurry } from '../database/pooler.js';
import { FIND_LEDGER_FAULTS, type LedgerFault } from '../products/find-ledger-faults.sql.js';
import { SCHEMA } from '../schema.js';
import { runCommand } from './command.js';

/**
 * `npm run check:ledger`: checks every product's stock against the stock ledger, and the ledger against the orders. Exit
 * code 1 when they differ, 2 when the database cannot be read.
 */
await runCommand(async () => {
  const database = await openForMaintenance(await joinServer(loadConfig(readEnvironment())), SCHEMA);
  const faults = await database.dataSource.transaction(async (tx) => {
    await withoutHurry(tx);
    return tx.query<LedgerFault[]>(FIND_LEDGER_FAULTS);
  });
  await database.close();

  for (const { product_id, fault } of faults) console.error(`product ${product_id}: ${fault}`);
  console.log(faults.length === 0 ? 'The ledger explains every stock.' : `${faults.length} faults.`);
  return faults.length === 0 ? 0 : 1;
});
