#!/usr/bin/env bash
# openapi-typescript-codegen 0.31.0 puts a parameter into the path by encodeURI, which keeps ? and #. The SKU "PAINT#5" is requested as
# /products/PAINT, since what follows # never leaves the client, and "PAINT?5" is PAINT with a query. So a
# shop that deletes "PAINT#5" deletes "PAINT", with 204.
# Expected: one segment of the path, with its reserved characters encoded (RFC 3986, section 2.2; OpenAPI says that a value in
# the path must not have ? or # unescaped), as oazapfts 7.5.0 does it. Both of its clients, for fetch and for axios, do so.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts openapi-typescript-codegen@0.31.0 oazapfts@7.5.0 @oazapfts/runtime@1.2.0 axios@1.21.1 form-data@4.0.6 tsx@4.20.6
cat >openapi.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/products/{sku}": {
      "delete": {
        "operationId": "deleteProduct",
        "parameters": [{ "name": "sku", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": { "204": { "description": "deleted" } }
      }
    }
  }
}
JSON
for client in fetch axios; do npx openapi --input openapi.json --output $client --client $client; done
npx oazapfts openapi.json oazapfts.ts >/dev/null 2>&1
cat >run.mts <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as axios from './axios/index.ts';
import * as fetch from './fetch/index.ts';
import * as oazapfts from './oazapfts.ts';

let deleted: string | undefined;
const server = createServer((request, response) => {
  deleted = request.url;
  response.writeHead(204).end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
axios.OpenAPI.BASE = fetch.OpenAPI.BASE = oazapfts.defaults.baseUrl = url;
const clients = {
  fetch: (sku: string) => fetch.DefaultService.deleteProduct(sku),
  axios: (sku: string) => axios.DefaultService.deleteProduct(sku),
  oazapfts: (sku: string) => oazapfts.deleteProduct(sku),
};

const seen: Record<string, (string | undefined)[]> = {};
for (const [name, remove] of Object.entries(clients)) {
  seen[name] = [];
  for (const sku of ['PAINT#5', 'PAINT?5']) {
    await remove(sku);
    seen[name].push(deleted);
  }
}
server.close();
console.log(seen);
assert.deepEqual(seen.fetch, ['/products/PAINT', '/products/PAINT?5']);
assert.deepEqual(seen.axios, seen.fetch);
assert.deepEqual(seen.oazapfts, ['/products/PAINT%235', '/products/PAINT%3F5']);
process.exit();
JS
npx tsx run.mts
