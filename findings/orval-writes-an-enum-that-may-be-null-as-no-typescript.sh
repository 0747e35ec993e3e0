#!/usr/bin/env bash
# orval 7.21.0: a named nullable enum in the form of OpenAPI 3.0 (oneOf a reference and a null enum) becomes an object
# literal that does not parse: `{ ...Status, '': , }`.
# Expected: the type `Status | null`, which openapi-typescript 7.13.0 generates from the same document, and orval itself for
# `{ "type": "null" }` of OpenAPI 3.1.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund orval@7.21.0 openapi-typescript@7.13.0 typescript@5.9.3
document() {
  cat <<JSON
{
  "openapi": "$1",
  "info": { "title": "Shop", "version": "1" },
  "paths": {
    "/orders/{id}": {
      "get": {
        "operationId": "getOrder",
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }],
        "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "\$ref": "#/components/schemas/Order" } } } } }
      }
    }
  },
  "components": {
    "schemas": {
      "Status": { "type": "string", "enum": ["pending", "paid"] },
      "Order": {
        "type": "object",
        "required": ["previous"],
        "properties": { "previous": { "oneOf": [{ "\$ref": "#/components/schemas/Status" }, $2] } }
      }
    }
  }
}
JSON
}
document 3.0.3 '{ "type": "string", "nullable": true, "enum": [null] }' >three-zero.json
document 3.1.0 '{ "type": "null" }' >three-one.json
parses() { npx tsc --noEmit --strict --skipLibCheck --lib es2022,dom "$1" >tsc.log 2>&1 && echo yes || echo no; }
for version in three-zero three-one; do
  npx orval --input "$version.json" --output "$version.ts" --client fetch >/dev/null 2>&1
  npx openapi-typescript "$version.json" -o "$version.d.ts" >/dev/null 2>&1
  echo "$version: orval's client compiles: $(parses "$version.ts"), openapi-typescript's types: $(parses "$version.d.ts")"
done | tee seen.txt
grep -n "'': ," three-zero.ts
diff seen.txt - <<'SEEN'
three-zero: orval's client compiles: no, openapi-typescript's types: yes
three-one: orval's client compiles: yes, openapi-typescript's types: yes
SEEN
