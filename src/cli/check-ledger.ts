import 'reflect-metadata';
import { Database } from '../database/database.js';
import { loadConfig, readEnvironment } from '../config/config.js';
import { openForMaintenance } from '../database/open-database.js';
import { withoutHurry } from '../database/pooler.js';
import { StockRepository } from '../products/stock.repository.js';

/** `npm run check:ledger`: proves every stock from its ledger, and the ledger from the orders; exit code 1 if not. */
const database = await openForMaintenance(loadConfig(readEnvironment()));
const stock = new StockRepository(new Database(database.dataSource));
const faults = await database.dataSource.transaction(async (tx) => {
  await withoutHurry(tx);
  return stock.findLedgerFaults(tx);
});
await database.close();

for (const { product_id, fault } of faults) console.error(`product ${product_id}: ${fault}`);
console.log(faults.length === 0 ? 'The ledger explains every stock.' : `${faults.length} faults.`);
process.exit(faults.length === 0 ? 0 : 1);
