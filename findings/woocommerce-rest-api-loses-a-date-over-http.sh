#!/usr/bin/env bash
# @woocommerce/woocommerce-rest-api 1.0.2, the client of a WooCommerce shop: for a shop at http://, as in its README, it writes the
# query itself, and loses each parameter that is a Date, while one that is undefined is sent as the text "undefined"; each
# parameter is sent twice. `after: new Date(…)` that asks for the orders since the last round so brings all orders of the shop.
# At https:// the same call sends the date, and nothing for undefined.
# Expected: the same query for both, or an error. A date as text ('2026-11-29T00:00:00') reaches both.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @woocommerce/woocommerce-rest-api@1.0.2 axios@1.21.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const WooCommerceRestApi = require('@woocommerce/woocommerce-rest-api').default;
const axios = require('axios');

/** The query that is sent to the shop, without the signature of http. */
async function query(url, params) {
  const adapter = async (config) => ({ config, status: 200, headers: {}, data: axios.getUri(config) });
  const shop = new WooCommerceRestApi({ url, consumerKey: 'ck', consumerSecret: 'cs', axiosConfig: { adapter } });
  const sent = [...new URL((await shop.get('orders', params)).data).searchParams];
  return sent.filter(([name]) => !name.startsWith('oauth_')).map((pair) => pair.join('=')).join('&');
}

async function run() {
  const since = new Date('2026-11-29T00:00:00Z');
  const seen = {};
  for (const url of ['http://shop.example', 'https://shop.example'])
    seen[url] = {
      date: await query(url, { after: since, page: 1 }),
      nothing: await query(url, { status: undefined, page: 1 }),
      text: await query(url, { after: '2026-11-29T00:00:00' }),
    };
  console.log(seen);
  assert.deepEqual(seen, {
    'http://shop.example': {
      date: 'page=1&page=1',
      nothing: 'page=1&status=undefined&page=1&status=undefined',
      text: 'after=2026-11-29T00:00:00&after=2026-11-29T00:00:00',
    },
    'https://shop.example': { date: 'after=2026-11-29T00:00:00.000Z&page=1', nothing: 'page=1', text: 'after=2026-11-29T00:00:00' },
  });
}
void run();
JS
node run.cjs
