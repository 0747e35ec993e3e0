#!/usr/bin/env bash
# @nestjs/platform-fastify 12.5.0: an upload on one route makes every other route accept multipart. Its FileInterceptor
# registers @fastify/multipart 10.1.9 for the whole app, whose parser accepts such a body without reading it. A route that
# refused a form with 415 now runs with an undefined body.
# Expected of POST /orders, which has no files: 415 as before. Seen: 201.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @nestjs/core@12.5.1 @nestjs/common@12.5.1 @nestjs/platform-fastify@12.5.0 @fastify/multipart@10.1.9 reflect-metadata@0.2.2 rxjs@7.8.2
cat >run.mjs <<'JS'
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Body, Controller, Module, Post, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { FileInterceptor } from '@nestjs/platform-fastify/multipart';

const decorate = (decorator, target, name) =>
  decorator(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name));

async function order({ besideAnUpload }) {
  class Orders {
    create(body) {
      return { body: String(body) };
    }
    upload() {}
  }
  Controller('orders')(Orders);
  Body()(Orders.prototype, 'create', 0);
  decorate(Post(), Orders, 'create');
  if (besideAnUpload) {
    decorate(UseInterceptors(FileInterceptor('file')), Orders, 'upload');
    decorate(Post('upload'), Orders, 'upload');
  }
  class App {}
  Module({ controllers: [Orders] })(App);
  const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const form = new FormData();
  form.set('product', '7');
  const answer = await fetch(`${await app.getUrl()}/orders`, { method: 'POST', body: form });
  const seen = `${answer.status} ${await answer.text()}`;
  await app.close();
  return seen;
}

const [alone, beside] = [await order({ besideAnUpload: false }), await order({ besideAnUpload: true })];
console.log(`POST /orders with a form: ${alone}`);
console.log(`the same beside a route with an upload: ${beside}`);
assert.match(alone, /^415 /);
assert.equal(beside, '201 {"body":"undefined"}');
JS
node run.mjs
