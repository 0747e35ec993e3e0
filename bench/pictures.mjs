/** Uploads of pictures: their time compared with sharp alone, and the latency of other requests during many uploads. */
import { execFile } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { Environment } from './environment.mjs';
import { inTurn, median, millisecondsOf, quantile, report } from './figures.mjs';
import { residentMb, sumOverChildren } from './machine.mjs';
import { sendPicture } from './send-pictures.mjs';

const [WIDTH, HEIGHT] = [4000, 3000];
const ROUNDS = 9;
const UPLOADS = 50;
const QUIET_S = 10;
const MAX_RATIO = 1.2;
const MAX_MB = 350;
const MAX_SLOWDOWN = 2;

/** Prints a line for each figure, with its limit. */
export async function measurePictures() {
  const environment = await Environment.open();
  try {
    const photo = path.join(environment.dataDir, 'photo.jpg');
    writeFileSync(photo, await makePhoto());
    const settings = { NODE_ENV: 'development', LOG_LEVEL: 'warn', RATE_LIMIT: 'off' };
    const app = await environment.startApp({ settings });
    await compareWithSharp(await prepareUpload(app.url, photo));
    await uploadMany(app, await prepareUpload(app.url, photo));
  } finally {
    await environment.close();
  }
}

/** Measures one picture, uploaded to the shop and encoded by sharp, in turn. */
async function compareWithSharp(upload) {
  const { boundMemory, renderPicture } = await import(path.resolve('dist/src/media/encode-picture.js'));
  boundMemory();
  const times = await inTurn(ROUNDS, {
    alone: () => millisecondsOf(() => renderPicture(upload.photo)),
    uploaded: () => millisecondsOf(() => sendPicture(upload)),
  });
  const [alone, uploaded] = [median(times.alone), median(times.uploaded)];
  const megabytes = (statSync(upload.photo).size / 2 ** 20).toFixed(1);
  console.log(`A JPEG of 12 megapixels (${megabytes} MB), medians of ${ROUNDS} rounds in turn:
  sharp alone          ${alone.toFixed(0)} ms
  uploaded and stored  ${uploaded.toFixed(0)} ms`);
  reportLimit('ratio', uploaded / alone, MAX_RATIO);
}

/** Measures many uploads at once, and the latency of a visitor's reads meanwhile. */
async function uploadMany({ url, pid }, upload) {
  let mostMb = 0;
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb(pid) + sumOverChildren(pid, residentMb));
  }, 50);
  const quiet = await readersLatency(url, pause(QUIET_S * 1000));
  const startedAt = performance.now();
  // From a process of its own, so that sending does not delay the reads that are measured.
  const args = ['bench/send-pictures.mjs', JSON.stringify({ ...upload, count: UPLOADS })];
  const busy = await readersLatency(url, promisify(execFile)(process.execPath, args));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  clearInterval(watch);
  console.log(`${UPLOADS} uploads of it at once: ${seconds} s`);
  reportLimit('most resident MB, with the encoder', mostMb, MAX_MB);
  console.log(`  p99 of a product's detail: ${quiet.toFixed(1)} ms quiet, ${busy.toFixed(1)} ms meanwhile`);
  reportLimit('ratio', busy / quiet, MAX_SLOWDOWN);
}

/** @returns the 99th percentile, in ms, of reading a product of the demo shop every 10 ms until `end` */
async function readersLatency(url, end) {
  const times = [];
  const read = async () => (await fetch(`${url}/api/products/1`)).arrayBuffer();
  const timer = setInterval(() => void millisecondsOf(read).then((time) => times.push(time)), 10);
  await end;
  clearInterval(timer);
  return quantile(times, 0.99);
}

/** A new product, and what an upload of a picture to it needs. */
async function prepareUpload(url, photo) {
  const post = async (to, body, headers = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${url}${to}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    return /** @type {any} */ (await response.json());
  };
  const { access } = await post('/api/auth/login', { email: 'admin@example.com', password: 'password123' });
  const headers = { authorization: `Bearer ${access}` };
  const { id } = await post('/api/products', { name: 'Photographed', price: '1.00' }, headers);
  return { url: `${url}/api/products/${id}/images`, headers, photo };
}

/** An image of noise at several scales, so that it compresses like a photo. */
async function makePhoto() {
  const layer = (divisor, sigma) => {
    const [width, height] = [WIDTH / divisor, HEIGHT / divisor];
    const noise = { type: /** @type {const} */ ('gaussian'), mean: 128, sigma };
    const image = sharp({ create: { width, height, channels: 3, background: 'grey', noise } });
    return image.resize(WIDTH, HEIGHT, { kernel: 'cubic' }).png({ compressionLevel: 0 }).toBuffer();
  };
  const [coarse, ...finer] = await Promise.all([layer(200, 74), layer(20, 37), layer(2, 11)]);
  const overlays = finer.map((input) => ({ input, blend: /** @type {const} */ ('overlay') }));
  return sharp(coarse).composite(overlays).jpeg({ quality: 88 }).toBuffer();
}

function reportLimit(what, value, limit) {
  report(`${what}: ${value.toFixed(2)}`, value <= limit, `at most ${limit}`);
}
