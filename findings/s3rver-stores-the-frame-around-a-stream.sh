#!/usr/bin/env bash
# s3rver 3.7.1 with @aws-sdk/client-s3 3.1175.0: by default the SDK sends a stream in chunks with a trailing checksum, and
# the server stores the lengths, chunks and checksum as the object, with 200. A test that uploads a picture as a stream then
# reads other bytes, or passes because it does not compare them. Expected: the bytes, or an error.
# `requestChecksumCalculation: 'WHEN_REQUIRED'` sends only the bytes; a Buffer is always stored correctly.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund s3rver@3.7.1 @aws-sdk/client-s3@3.1175.0
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';

const buckets = [{ name: 'media' }];
const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: './s3', configureBuckets: buckets });
const { port } = await server.run();
const CONTENT = Buffer.from('a picture');

async function thereAndBack(body, settings) {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    ...settings,
  });
  const object = { Bucket: 'media', Key: 'lamp.webp' };
  await client.send(new PutObjectCommand({ ...object, Body: body, ContentLength: CONTENT.length }));
  const { Body } = await client.send(new GetObjectCommand(object));
  return Body.transformToString();
}

const stream = await thereAndBack(Readable.from([CONTENT]));
const whenRequired = await thereAndBack(Readable.from([CONTENT]), { requestChecksumCalculation: 'WHEN_REQUIRED' });
const buffer = await thereAndBack(CONTENT);
console.log({ stream, whenRequired, buffer });
assert.match(stream, /^9\r\na picture\r\n0\r\nx-amz-checksum-crc32:/);
assert.equal(whenRequired, 'a picture');
assert.equal(buffer, 'a picture');
process.exit();
JS
node --no-warnings run.mjs
