#!/usr/bin/env bash
# @kubb/plugin-client 4.39.3 with `client: 'fetch'` and a POST whose only body is `application/json`:
# 1. The JSON is sent as `text/plain;charset=UTF-8`, since neither the generated function nor the client sets a Content-Type,
#    and that is fetch's default for a string. Servers that parse by the type, such as Fastify and Nest, refuse it (415).
# 2. A 409 is the result of the call. The promise is fulfilled with the type of the 201, so a refused purchase looks like an
#    order whose `id` is undefined.
# Expected: the Content-Type of the document; a rejected promise, or a type that includes the problem.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @kubb/cli@4.39.3 @kubb/core@4.39.3 @kubb/plugin-oas@4.39.3 @kubb/plugin-ts@4.39.3 @kubb/plugin-client@4.39.3 tsx@4.20.6
cat >openapi.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/orders": {
      "post": {
        "operationId": "placeOrder",
        "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewOrder" } } } },
        "responses": {
          "201": { "description": "placed", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } },
          "409": { "description": "short", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } } }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "NewOrder": { "type": "object", "required": ["product_id"], "properties": { "product_id": { "type": "integer" } } },
      "Order": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
      "Problem": { "type": "object", "required": ["code"], "properties": { "code": { "type": "string" } } }
    }
  }
}
JSON
cat >kubb.config.mjs <<'JS'
import { defineConfig } from '@kubb/core';
import { pluginClient } from '@kubb/plugin-client';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';
export default defineConfig({
  input: { path: './openapi.json' },
  output: { path: './generated' },
  plugins: [pluginOas({ generators: [] }), pluginTs(), pluginClient({ client: 'fetch' })],
});
JS
npx kubb generate --config kubb.config.mjs >kubb.log 2>&1
cat >run.mts <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { placeOrder } from './generated/clients/placeOrder.ts';

let type: string | undefined;
const server = createServer((request, response) => {
  type = request.headers['content-type'];
  response.writeHead(409, { 'content-type': 'application/json' }).end('{"code":"insufficient_stock"}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as { port: number };
const order = await placeOrder({ product_id: 1 }, { baseURL: `http://127.0.0.1:${port}` });
server.close();
console.log('content-type:', type, 'placed order:', order);
assert.equal(type, 'text/plain;charset=UTF-8');
assert.deepEqual(order, { code: 'insufficient_stock' });
JS
npx tsx run.mts
grep -q '"409"\|409' generated/types/PlaceOrder.ts
grep -n 'request<' generated/clients/placeOrder.ts
