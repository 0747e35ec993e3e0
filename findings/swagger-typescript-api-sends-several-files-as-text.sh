#!/usr/bin/env bash
# swagger-typescript-api 13.13.0, whose client for `fetch` takes the files of a multipart array as `File[]`: it appends one field with
# the text "[{},{}]" in place of the files. A single file is sent as one. In the same client a query parameter of style
# `deepObject` is sent as "[object Object]". So pictures of a product are typed, uploaded without an error, and never arrive.
# Expected: a part for each file (OpenAPI 3.1, "Special Considerations for multipart Content"), and price[min]=10.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund swagger-typescript-api@13.13.0
cat >shop.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/products": {
      "get": {
        "operationId": "listProducts",
        "parameters": [
          {
            "name": "price",
            "in": "query",
            "style": "deepObject",
            "explode": true,
            "schema": { "type": "object", "properties": { "min": { "type": "integer" } } }
          }
        ],
        "responses": { "200": { "description": "A list" } }
      }
    },
    "/pictures": {
      "post": {
        "operationId": "addPictures",
        "requestBody": {
          "content": {
            "multipart/form-data": {
              "schema": {
                "type": "object",
                "properties": {
                  "cover": { "type": "string", "format": "binary" },
                  "pictures": { "type": "array", "items": { "type": "string", "format": "binary" } }
                }
              }
            }
          }
        },
        "responses": { "201": { "description": "Added" } }
      }
    }
  }
}
JSON
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generateApi } from 'swagger-typescript-api';

const folder = process.cwd();
await generateApi({
  input: path.join(folder, 'shop.json'),
  output: folder,
  fileName: 'client',
  httpClientType: 'fetch',
  toJS: true,
  silent: true,
});
assert.ok(readFileSync('client.d.ts', 'utf8').includes('pictures?: File[];'));
const { Api } = await import(path.join(folder, 'client.js'));
const sent = [];
const customFetch = async (url, { body }) => {
  sent.push({ url, fields: body && [...body].map(([name, value]) => [name, typeof value === 'string' ? value : `file ${value.name}`]) });
  return new Response(null, { status: 201 });
};
const api = new Api({ baseUrl: 'http://shop.example', customFetch });
const picture = (name) => new File(['…'], name, { type: 'image/webp' });
await api.pictures.addPictures({ cover: picture('a.webp'), pictures: [picture('b.webp'), picture('c.webp')] });
await api.products.listProducts({ price: { min: 10 } });
console.log(JSON.stringify(sent, undefined, 1));
assert.deepEqual(sent[0].fields, [
  ['cover', 'file a.webp'],
  ['pictures', '[{},{}]'],
]);
assert.equal(sent[1].url, 'http://shop.example/products?price=%5Bobject%20Object%5D');
JS
node run.mjs
