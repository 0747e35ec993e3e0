#!/usr/bin/env bash
# @nestjs/platform-express 11.2.10 with nest-problem-details-filter 1.10.0, whose README shows application/problem+json: the answer to
# an error is application/json. The adapter's `reply` replaces every media type of an error whose body is an object unless it begins
# with application/json, and logs that the type does not match the body, although problem details are JSON. In 11.1.0 the type of
# the filter stays. A shop's client that tells problem details by their media type takes them for any JSON, so "sold out" is shown
# as an unknown error after an update of Nest.
# Expected: the type that a filter has set, or at least that of RFC 9457, section 3, and other types that end with +json (RFC 6839).
set -euo pipefail
dir=$(mktemp -d)
cat >"$dir/run.cjs" <<'JS'
require('reflect-metadata');
const { ConflictException, Controller, Get, Module } = require('@nestjs/common');
const { HttpAdapterHost, NestFactory } = require('@nestjs/core');
const { HttpExceptionFilter } = require('nest-problem-details-filter');

class Cart {
  add() {
    throw new ConflictException('Sold out');
  }
}
Reflect.decorate([Get()], Cart.prototype, 'add', Object.getOwnPropertyDescriptor(Cart.prototype, 'add'));
Reflect.decorate([Controller()], Cart);
class App {}
Reflect.decorate([Module({ controllers: [Cart] })], App);

(async () => {
  const app = await NestFactory.create(App, { logger: false });
  app.useGlobalFilters(new HttpExceptionFilter(app.get(HttpAdapterHost)));
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(await app.getUrl());
  console.log(answer.status, answer.headers.get('content-type').split(';')[0]);
  await app.close();
})();
JS
typeWith() {
  mkdir "$dir/$1" && cd "$dir/$1"
  npm init -y >/dev/null
  npm install --silent --no-audit --no-fund --legacy-peer-deps nest-problem-details-filter@1.10.0 reflect-metadata@0.2.2 rxjs@7.8.2 \
    "@nestjs/common@$1" "@nestjs/core@$1" "@nestjs/platform-express@$1"
  cp ../run.cjs . && node run.cjs
}
old=$(typeWith 11.1.0)
new=$(typeWith 11.2.10)
echo "11.1.0: $old, 11.2.10: $new"
[ "$old" = '409 application/problem+json' ]
[ "$new" = '409 application/json' ]
