#!/usr/bin/env bash
# nodemailer 10.6.0: its option `list` writes List-* headers, and treats every value as an address. The header for one-click
# unsubscription (RFC 8058: `List-Unsubscribe-Post: List-Unsubscribe=One-Click`) becomes <http://List-Unsubscribe=One-Click>,
# which mail programs do not recognise. Expected: the unchanged value. An entry of `headers` keeps it.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund nodemailer@10.6.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import nodemailer from 'nodemailer';

const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const headersOf = async (more) => {
  const mail = { from: 'shop@example.com', to: 'reader@example.com', subject: 'News', text: 'News', ...more };
  const { message } = await transport.sendMail(mail);
  return String(message).split('\r\n').filter((line) => line.startsWith('List-'));
};
const unsubscribe = 'https://shop.example.com/unsubscribe/1';
const byOption = await headersOf({ list: { unsubscribe, 'unsubscribe-post': ONE_CLICK } });
const byHeader = await headersOf({ list: { unsubscribe }, headers: { 'List-Unsubscribe-Post': ONE_CLICK } });
console.log({ byOption, byHeader });
assert.ok(byOption.includes(`List-Unsubscribe-Post: <http://${ONE_CLICK}>`));
assert.ok(byHeader.includes(`List-Unsubscribe-Post: ${ONE_CLICK}`));
JS
node run.mjs
