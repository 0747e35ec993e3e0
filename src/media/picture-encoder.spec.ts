import type { ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { PictureEncoder } from './picture-encoder.js';
import { PictureRefused } from './picture-format.js';

/** The built encoder, since Jest translates no code for other processes. */
jest.mock('node:child_process', () => {
  const real = jest.requireActual('node:child_process');
  const fork = (_path: string, options: ForkOptions) =>
    real.fork('dist/src/media/encoder-process.js', options);
  return { ...real, fork };
});

describe('The encoder process', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-encoder-process-'));
  const source = path.join(folder, 'picture.png');
  let encoder: PictureEncoder;
  let drafts = 0;

  beforeAll(async () => {
    const blank = { width: 40, height: 30, channels: 3, background: '#333' } as const;
    writeFileSync(source, await sharp({ create: blank }).png().toBuffer());
  });
  beforeEach(() => {
    encoder = new PictureEncoder();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await encoder.onApplicationShutdown();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const encode = () => encoder.encode(source, path.join(folder, `draft${(drafts += 1)}`));
  const child = () => (encoder as any).encoder.process;

  it('is killed after a minute and a half on one picture, and the next picture gets another one', async () => {
    await expect(encode()).resolves.toMatchObject({ width: 40 });
    const stuck = child();
    const gone = once(stuck, 'exit');
    process.kill(stuck.pid, 'SIGSTOP');
    fakeTimeouts();
    const refused = encode().catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(89_000);
    expect(stuck.signalCode).toBeNull();
    await jest.advanceTimersByTimeAsync(1_000);
    jest.useRealTimers();
    expect(await refused).toEqual(new PictureRefused('picture_too_slow'));
    await expect(encode()).resolves.toMatchObject({ width: 40 });
    await gone;
    expect(stuck.signalCode).toBe('SIGKILL');
    expect(child().pid).not.toBe(stuck.pid);
  });

  it('does not delay the end of the app when it is suspended', async () => {
    await encode();
    const frozen = child();
    process.kill(frozen.pid, 'SIGSTOP');
    fakeTimeouts();
    const ended = encoder.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(2_000);
    jest.useRealTimers();
    await ended;
    expect(frozen.signalCode).toBe('SIGKILL');
  });

  it('causes an error after which the picture can be sent again, when it exits by itself', async () => {
    await encode();
    process.kill(child().pid, 'SIGSTOP');
    const refused = encode().catch((error: unknown) => error);
    process.kill(child().pid, 'SIGKILL');
    expect(await refused).toMatchObject({ kind: 'unavailable', code: 'encoder_ended' });
    await expect(encode()).resolves.toMatchObject({ width: 40 });
  });
});

function fakeTimeouts(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setInterval', 'Date'] });
}
