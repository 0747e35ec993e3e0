#!/usr/bin/env bash
# rate-limiter-flexible 11.4.0: its types export the classes RateLimiterStoreAbstract and RateLimiterInsuredAbstract, but
# its code does not. A custom store compiles, and "class extends value undefined" is thrown when it is loaded.
# Expected: the exports of the types exist. Seen: undefined. (RateLimiterAbstract exists.)
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund rate-limiter-flexible@11.4.0 typescript@5.9.3 @types/node@20.19.43
cat >store.ts <<'TS'
import { RateLimiterInsuredAbstract, RateLimiterStoreAbstract } from 'rate-limiter-flexible';

console.log(typeof RateLimiterStoreAbstract, typeof RateLimiterInsuredAbstract);
TS
npx tsc --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022 store.ts
echo "tsc finds nothing wrong; at run time:"
node store.js | tee seen
[ "$(cat seen)" = "undefined undefined" ]
