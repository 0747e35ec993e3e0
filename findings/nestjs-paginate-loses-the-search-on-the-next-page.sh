#!/usr/bin/env bash
# nestjs-paginate 15.0.1 puts links to the next pages into its answer, with the search and the filters as they were before, but not
# escaped. The next page of a search for "Oak & Pine" is one of "Oak ", that of "C#" one of "C" without the rest of the query, which
# begins a fragment there, and that of "A+B" one of "A B". The same goes for the value of a filter. A customer who pages through the
# results, or a client that collects them by the links, gets other products.
# Expected: values that are percent-encoded in the query (RFC 3986, sections 2.1 and 3.4), so that a link asks for the same search.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps nestjs-paginate@15.0.1 @nestjs/common@11.2.10 @nestjs/swagger@12.0.2 \
  @nestjs/core@11.2.10 rxjs@7.8.2 typeorm@0.3.31 sql.js@1.14.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('node:assert/strict');
const { paginate } = require('nestjs-paginate');
const { DataSource, EntitySchema } = require('typeorm');

const columns = { id: { type: Number, primary: true, generated: true }, name: { type: String } };
const Product = new EntitySchema({ name: 'product', columns });

(async () => {
  const database = await new DataSource({ type: 'sqljs', entities: [Product], synchronize: true }).initialize();
  const products = database.getRepository(Product);
  const searches = ['Oak & Pine', 'C#', 'A+B', 'Lamp'];
  await products.save(searches.flatMap((name) => [{ name }, { name }]));
  const config = { sortableColumns: ['id'], searchableColumns: ['name'], filterableColumns: { name: true } };

  const seen = [];
  for (const search of searches) {
    const query = { path: 'https://shop.example/products', limit: 1 };
    const { links, meta } = await paginate({ ...query, search }, products, config);
    const filtered = await paginate({ ...query, filter: { name: search } }, products, config);
    assert.deepEqual([meta.totalItems, filtered.meta.totalItems], [2, 2]);
    const [next, other] = [links.next, filtered.links.next].map((link) => new URL(link).searchParams);
    seen.push({ search, next: next.get('search'), filter: other.get('filter.name') });
  }
  console.log(seen);
  assert.deepEqual(
    seen.map(({ next }) => next),
    ['Oak ', 'C', 'A B', 'Lamp'],
  );
  assert.ok(seen.every(({ next, filter }) => next === filter));
  await database.destroy();
})();
JS
node run.cjs
