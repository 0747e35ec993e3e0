#!/usr/bin/env bash
# typeorm-transactional 0.5.0: `runOnTransactionCommit` takes what is to be done once a transaction is in the database, by its README.
# Within a transaction of Propagation.NESTED it is called as soon as the savepoint is released, also when the transaction around it is
# rolled back afterwards, and `runOnTransactionRollback` is not. So the mail of an order is sent, and there is no order.
# Expected: after the commit of the outermost transaction, and the rollback hook if it is rolled back, as with Propagation.REQUIRED.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps typeorm-transactional@0.5.0 typeorm@0.3.31 sql.js@1.14.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('node:assert/strict');
const { DataSource, EntitySchema } = require('typeorm');
const {
  addTransactionalDataSource,
  initializeTransactionalContext,
  runInTransaction,
  runOnTransactionCommit,
  runOnTransactionComplete,
  runOnTransactionRollback,
} = require('typeorm-transactional');

const Order = new EntitySchema({ name: 'order', columns: { id: { type: Number, primary: true, generated: true } } });

(async () => {
  initializeTransactionalContext();
  const database = addTransactionalDataSource(new DataSource({ type: 'sqljs', entities: [Order], synchronize: true }));
  await database.initialize();
  const orders = database.getRepository(Order);

  async function hooksOf(propagation) {
    const called = [];
    let complete;
    const completed = new Promise((resolve) => (complete = resolve));
    await runInTransaction(async () => {
      runOnTransactionComplete(complete);
      const place = async () => {
        await orders.save({});
        runOnTransactionCommit(() => called.push('mail'));
        runOnTransactionRollback(() => called.push('no mail'));
      };
      await runInTransaction(place, { propagation });
      throw new Error('the payment failed');
    }).catch((error) => assert.equal(error.message, 'the payment failed'));
    await completed;
    return { called, orders: await orders.count() };
  }
  const seen = { NESTED: await hooksOf('NESTED'), REQUIRED: await hooksOf('REQUIRED') };
  console.log(seen);
  assert.deepEqual(seen, { NESTED: { called: ['mail'], orders: 0 }, REQUIRED: { called: ['no mail'], orders: 0 } });
  await database.destroy();
})();
JS
node run.cjs
