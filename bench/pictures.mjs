/** Uploads of pictures: their time compared with sharp alone, and the latency of other requests during many uploads. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { APP, freePort, says, scratchFolder, start, stop } from './environment.mjs';
import { childrenOf, residentMb } from './machine.mjs';
import { uploadBody } from './upload-body.mjs';

const [WIDTH, HEIGHT] = [4000, 3000];
const ROUNDS = 9;
const UPLOADS = 50;
const QUIET_S = 10;
/** A product of the demo shop. */
const READ = 1;
const MAX_RATIO = 1.2;
const MAX_MB = 350;
const MAX_SLOWDOWN = 2;

/** Prints a line for each figure, with its limit. */
export async function measurePictures() {
  const home = scratchFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = start([process.execPath, ...APP], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: path.join(home, 'data'),
    LOG_LEVEL: 'warn',
    RATE_LIMIT: 'off',
  });
  try {
    await says(app, 'Comptoir is open');
    const keeper = await signIn(url);
    const photo = await makePhoto();
    const file = path.join(home, 'photo.jpg');
    writeFileSync(file, photo);
    await compareWithSharp(url, keeper, photo, file);
    await uploadMany(url, keeper, file, app.pid);
  } finally {
    await stop(app, 'SIGINT');
    rmSync(home, { recursive: true, force: true });
  }
}

/** Measures one picture, uploaded to the shop and encoded by sharp, in turn. */
async function compareWithSharp(url, keeper, photo, file) {
  const { boundMemory, renderPicture } = await import(path.resolve('dist/src/media/encode-picture.js'));
  boundMemory();
  const product = await newProduct(url, keeper);
  const form = await uploadBody(photo); // not measured: the client's work
  const [alone, uploaded] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    alone.push(await millisecondsOf(() => renderPicture(file)));
    uploaded.push(await millisecondsOf(() => upload(url, keeper, product, form)));
  }
  const [sharpAlone, throughShop] = [alone, uploaded].map((times) => median(times.slice(1))); // the first is a warm-up
  const megabytes = (photo.length / 2 ** 20).toFixed(1);
  console.log(`A JPEG of 12 megapixels (${megabytes} MB), medians of ${ROUNDS} rounds in turn:`);
  console.log(`  sharp alone          ${sharpAlone.toFixed(0)} ms`);
  console.log(`  uploaded and stored  ${throughShop.toFixed(0)} ms`);
  report('ratio', throughShop / sharpAlone, MAX_RATIO);
}

/** Measures many uploads at once, and the latency of a visitor's reads meanwhile. */
async function uploadMany(url, keeper, file, pid) {
  const product = await newProduct(url, keeper);
  let mostMb = 0;
  const watch = setInterval(() => (mostMb = Math.max(mostMb, residentWithEncoder(pid))), 50);
  const quiet = await readersLatency(url, pause(QUIET_S * 1000));
  const began = performance.now();
  const uploads = uploadElsewhere({ url, token: keeper.authorization, product, file, count: UPLOADS });
  const busy = await readersLatency(url, uploads);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  const statuses = await uploads;
  console.log(
    `${UPLOADS} uploads of it at once: ${seconds.toFixed(1)} s, statuses ${[...new Set(statuses)]}`,
  );
  report('most resident MB, with the encoder', mostMb, MAX_MB);
  console.log(`  p99 of a product's detail: ${quiet.toFixed(1)} ms quiet, ${busy.toFixed(1)} ms meanwhile`);
  report('ratio', busy / quiet, MAX_SLOWDOWN);
  if (statuses.some((status) => status !== 201)) process.exitCode = 1;
}

/** @returns the 99th percentile, in ms, of reading a product every 10 ms until `end` */
async function readersLatency(url, end) {
  const times = [];
  const timer = setInterval(
    () => void millisecondsOf(() => read(`${url}/api/products/${READ}`)).then((time) => times.push(time)),
    10,
  );
  await end;
  clearInterval(timer);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)];
}

/** Uploads from a process of its own, so that sending does not delay the reads that are measured. */
async function uploadElsewhere(job) {
  const uploader = fork(new URL('uploader.mjs', import.meta.url));
  uploader.send(job);
  const [statuses] = await once(uploader, 'message');
  return statuses;
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

async function signIn(url) {
  const { access } = await send(`${url}/api/auth/login`, {
    email: 'admin@example.com',
    password: 'password123',
  });
  return { authorization: `Bearer ${access}` };
}

async function newProduct(url, keeper) {
  const { id } = await send(`${url}/api/products`, { name: 'Photographed', price: '1.00' }, keeper);
  return id;
}

async function send(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return /** @type {any} */ (await answer.json());
}

async function upload(url, keeper, product, { body, type }) {
  const answer = await fetch(`${url}/api/products/${product}/images`, {
    method: 'POST',
    headers: { ...keeper, 'content-type': type },
    body,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function read(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  await answer.arrayBuffer();
}

async function millisecondsOf(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function residentWithEncoder(pid) {
  const encoders = childrenOf(pid).filter(({ command }) => command.includes('encoder-process'));
  return encoders.reduce((sum, { residentMb: each }) => sum + each, residentMb(pid));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function report(what, value, bar) {
  const isMet = value <= bar;
  console.log(`  ${what}: ${value.toFixed(2)}  ${isMet ? 'met' : 'NOT MET'} (at most ${bar})`);
  if (!isMet) process.exitCode = 1;
}
