/** Uploads of pictures: their time compared with sharp alone, and the latency of other requests during many uploads. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { inTurn, median, millisecondsOf, quantile, verdict } from './figures.mjs';
import { residentMbWithChildren } from './machine.mjs';
import { postJson, scratchFolder, startApp, stop } from './processes.mjs';

const [WIDTH, HEIGHT] = [4000, 3000];
const ROUNDS = 9;
const UPLOADS = 50;
const QUIET_S = 10;
const MAX_RATIO = 1.2;
const MAX_MB = 350;
const MAX_SLOWDOWN = 2;

/** Prints a line for each figure, with its limit. */
export async function measurePictures() {
  const home = scratchFolder();
  const photo = path.join(home, 'photo.jpg');
  writeFileSync(photo, await makePhoto());
  const app = await startApp({ DATA_DIR: path.join(home, 'data'), LOG_LEVEL: 'warn', RATE_LIMIT: 'off' });
  try {
    await app.opened;
    await compareWithSharp(photo, await prepareUpload(app.url, photo));
    await uploadMany(app, await prepareUpload(app.url, photo));
  } finally {
    await stop(app.child);
    rmSync(home, { recursive: true, force: true });
  }
}

/** Measures one picture, uploaded to the shop and encoded by sharp, in turn. */
async function compareWithSharp(photo, { url, headers, file }) {
  const { boundMemory, renderPicture } = await import(path.resolve('dist/src/media/encode-picture.js'));
  boundMemory();
  const body = readFileSync(file);
  const times = await inTurn(ROUNDS, {
    alone: () => millisecondsOf(() => renderPicture(photo)),
    uploaded: () => millisecondsOf(() => send(url, { method: 'POST', headers, body })),
  });
  const [alone, uploaded] = [times.alone, times.uploaded].map(median);
  const megabytes = (body.length / 2 ** 20).toFixed(1);
  console.log(`A JPEG of 12 megapixels (${megabytes} MB), medians of ${ROUNDS} rounds in turn:`);
  console.log(`  sharp alone          ${alone.toFixed(0)} ms`);
  console.log(`  uploaded and stored  ${uploaded.toFixed(0)} ms`);
  report('ratio', uploaded / alone, MAX_RATIO);
}

/** Measures many uploads at once, and the latency of a visitor's reads meanwhile. */
async function uploadMany(app, upload) {
  let mostMb = 0;
  const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMbWithChildren(app.pid))), 50);
  const quiet = await readersLatency(app.url, pause(QUIET_S * 1000));
  let statuses = [];
  let busy = 0;
  const milliseconds = await millisecondsOf(async () => {
    const uploads = uploadElsewhere({ ...upload, count: UPLOADS });
    busy = await readersLatency(app.url, uploads);
    statuses = await uploads;
  });
  clearInterval(watch);
  const seconds = (milliseconds / 1000).toFixed(1);
  console.log(`${UPLOADS} uploads of it at once: ${seconds} s, statuses ${[...new Set(statuses)]}`);
  report('most resident MB, with the encoder', mostMb, MAX_MB);
  console.log(`  p99 of a product's detail: ${quiet.toFixed(1)} ms quiet, ${busy.toFixed(1)} ms meanwhile`);
  report('ratio', busy / quiet, MAX_SLOWDOWN);
  if (statuses.some((status) => status !== 201)) process.exitCode = 1;
}

/** @returns the 99th percentile, in ms, of reading a product of the demo shop every 10 ms until `end` */
async function readersLatency(url, end) {
  const times = [];
  const timer = setInterval(
    () => void millisecondsOf(() => send(`${url}/api/products/1`)).then((time) => times.push(time)),
    10,
  );
  await end;
  clearInterval(timer);
  return quantile(times, 0.99);
}

/** Uploads from a process of its own, so that sending does not delay the reads that are measured. */
async function uploadElsewhere(job) {
  const uploader = fork(new URL('uploader.mjs', import.meta.url));
  uploader.send(job);
  const [statuses] = await once(uploader, 'message');
  return statuses;
}

/** A new product, and the request that adds the picture to it; the multipart body is in `file`. */
async function prepareUpload(url, photo) {
  const credentials = { email: 'admin@example.com', password: 'password123' };
  const { access } = await postJson(`${url}/api/auth/login`, credentials);
  const authorization = `Bearer ${access}`;
  const { id } = await postJson(
    `${url}/api/products`,
    { name: 'Photographed', price: '1.00' },
    { authorization },
  );
  const form = new FormData();
  form.append('image', new Blob([readFileSync(photo)]), 'photo.jpg');
  const request = new Request(url, { method: 'POST', body: form });
  const file = `${photo}.form`;
  writeFileSync(file, Buffer.from(await request.arrayBuffer()));
  const headers = { authorization, 'content-type': request.headers.get('content-type') };
  return { url: `${url}/api/products/${id}/images`, headers, file };
}

/** An image of noise at several scales, so that it compresses like a photo; always the same. */
async function makePhoto() {
  let state = 1;
  const noise = (width, height, range) => {
    const pixels = Buffer.alloc(width * height * 3);
    for (let at = 0; at < pixels.length; at += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
      pixels[at] = 128 + (((state >> 16) & 255) - 128) * range;
    }
    return sharp(pixels, { raw: { width, height, channels: 3 } });
  };
  const layer = (divisor, range) =>
    noise(WIDTH / divisor, HEIGHT / divisor, range)
      .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
      .png({ compressionLevel: 0 })
      .toBuffer();
  const [coarse, medium, fine] = [await layer(200, 1), await layer(20, 0.5), await layer(2, 0.15)];
  return sharp(coarse)
    .composite([
      { input: medium, blend: 'overlay' },
      { input: fine, blend: 'overlay' },
    ])
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** @throws Error for a response that is no success */
async function send(url, request = {}) {
  const response = await fetch(url, request);
  const body = await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${Buffer.from(body)}`);
}

function report(what, value, limit) {
  console.log(`  ${what}: ${value.toFixed(2)}  ${verdict(value <= limit, `at most ${limit}`)}`);
}
