#!/usr/bin/env bash
# @flystorage/local-fs 1.2.0 truncates an existing file before it has the new content: when an upload is aborted, write()
# rejects, and the old file is lost.
# Expected after a failed write: the old file. Seen: an empty or partial file. Write under a new name, then move.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @flystorage/file-storage@1.2.0 @flystorage/local-fs@1.2.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { FileStorage } from '@flystorage/file-storage';
import { LocalStorageAdapter } from '@flystorage/local-fs';

const storage = new FileStorage(new LocalStorageAdapter(`${process.cwd()}/pictures`));
await storage.write('lamp.webp', 'the whole old picture');
const upload = Readable.from((async function* () {
  yield 'the first part';
  throw new Error('the upload broke off');
})());
await assert.rejects(storage.write('lamp.webp', upload), /broke off/);
const left = await storage.readToString('lamp.webp');
console.log(`after a write that failed the file holds ${JSON.stringify(left)}`);
assert.notEqual(left, 'the whole old picture');
assert.ok('the first part'.startsWith(left));
JS
node run.mjs
