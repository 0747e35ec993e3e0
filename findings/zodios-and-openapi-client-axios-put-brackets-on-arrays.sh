#!/usr/bin/env bash
# openapi-zod-client 1.18.3 (which generates clients for @zodios/core 10.9.6) and openapi-client-axios 7.9.1 send an array in the query
# as axios does by default: `brand[]=oak&brand[]=ash`. OpenAPI's default for an array is `brand=oak&brand=ash` (style form, explode
# true), and with explode false it is `ids=1,2`, which becomes `ids[]=1&ids[]=2` as well. A server that keeps to the document knows no
# `brand[]` and leaves it out, so a filtered list has all products, and a list of ids is that of everything. Types and checks
# of the client agree with the document, so there is no error.
# Expected: the names of the document, as openapi-fetch 0.17.0 sends them.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts openapi-zod-client@1.18.3 @zodios/core@10.9.6 openapi-client-axios@7.9.1 axios@1.21.1 zod@3.25.76 openapi-fetch@0.17.0 tsx@4.20.6
cat >openapi.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/products": {
      "get": {
        "operationId": "listProducts",
        "parameters": [
          { "name": "brand", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
          { "name": "ids", "in": "query", "explode": false, "schema": { "type": "array", "items": { "type": "integer" } } }
        ],
        "responses": { "200": { "description": "OK", "content": { "application/json": { "schema": { "type": "array", "items": {} } } } } }
      }
    }
  }
}
JSON
npx openapi-zod-client openapi.json -o client.ts >/dev/null
cat >run.mts <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import openapiClientAxios from 'openapi-client-axios';
import createClient from 'openapi-fetch';
import { createApiClient } from './client.ts';

const queries: string[] = [];
const server = createServer((request, response) => {
  queries.push(decodeURIComponent(new URL(request.url!, 'http://shop').search));
  response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
const query = { brand: ['oak', 'ash'], ids: [1, 2] };

await createApiClient(url).get('/products', { queries: query });
const definition = JSON.parse(readFileSync('openapi.json', 'utf8'));
const OpenAPIClientAxios = (openapiClientAxios as any).default ?? openapiClientAxios;
await (await new OpenAPIClientAxios({ definition, withServer: { url } }).init()).listProducts(query);
await createClient<any>({ baseUrl: url }).GET('/products', { params: { query: { brand: query.brand } } });
server.close();
const [zodios, axios, fetch] = queries;
console.log({ zodios, axios, fetch });
assert.equal(zodios, '?brand[]=oak&brand[]=ash&ids[]=1&ids[]=2');
assert.equal(axios, zodios);
assert.equal(fetch, '?brand=oak&brand=ash');
assert.deepEqual(new URLSearchParams(zodios).getAll('brand'), []);
process.exit();
JS
npx tsx run.mts
