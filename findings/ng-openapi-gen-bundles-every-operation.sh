#!/usr/bin/env bash
# ng-openapi-gen 1.1.0 generates functions so that a bundle contains only those that are called, but it contains all of
# them: each file ends with an assignment (`getProduct.PATH = …`), which a bundler must keep as a side effect.
# Expected: a page that lists products has no code of other operations. Seen with esbuild 0.28.1, which Angular uses: every
# path. `"sideEffects": false` in the application's package.json avoids it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps ng-openapi-gen@1.1.0 esbuild@0.28.1 @angular/common@21.2.26 @angular/core@21.2.26 rxjs@7.8.2
cat >openapi.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/products": { "get": { "operationId": "listProducts", "tags": ["Shop"], "responses": { "200": { "description": "ok" } } } },
    "/cart": { "get": { "operationId": "getCart", "tags": ["Shop"], "responses": { "200": { "description": "ok" } } } },
    "/orders": { "get": { "operationId": "listOrders", "tags": ["Shop"], "responses": { "200": { "description": "ok" } } } }
  }
}
JSON
npx ng-openapi-gen --input openapi.json --output client --silent true
echo "import { listProducts } from './client/functions'; console.log(listProducts);" >main.ts
paths() {
  npx esbuild main.ts --bundle --format=esm --packages=external --log-level=error | grep -o '\.PATH = "[^"]*"' | sort | tr '\n' ' '
}
npm pkg delete sideEffects
by_default=$(paths)
npm pkg set sideEffects=false --json
cured=$(paths)
echo "one operation is imported; by default the bundle has: $by_default"
echo "with sideEffects false: $cured"
[ "$by_default" = '.PATH = "/cart" .PATH = "/orders" .PATH = "/products" ' ]
[ "$cured" = '.PATH = "/products" ' ]
