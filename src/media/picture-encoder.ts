import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import fastq from 'fastq';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { unavailable } from '../http/problem.js';
import type { EncodedPicture } from './encode-picture.js';
import type { EncodeAnswer, EncodeRequest } from './encoder-process.js';
import { PictureRefused } from './picture-format.js';

const ENCODER = path.join(import.meta.dirname, 'encoder-process.js');
const AT_ONCE = 2;
/** Of those that wait: a picture of 12 megapixels takes about half a second, so the last one waits for half a minute. */
const MOST_WAITING = 100;
const RETRY_AFTER_S = 10;
/** How long a process stays after its last picture. */
const IDLE_MS = 10_000;
/** Longer than a decoder gives itself: one that does not stop by then is stopped with its process. */
const STUCK_MS = 90_000;
/** It ends at once when it is told to, unless it is frozen. */
const END_MS = 2_000;
/** glibc gives each thread an arena of its own; two are as fast, and keep less of what was freed. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

type Work = Omit<EncodeRequest, 'id'>;

/**
 * Encodes pictures in a process of its own, which is there while there is something to encode. So requests go first (it
 * has the lowest priority), what pictures need of memory is given back, and a decoder that crashes ends no shop.
 */
@Injectable()
export class PictureEncoder implements OnApplicationShutdown {
  private readonly queue = fastq.promise((work: Work) => this.run(work), AT_ONCE);
  private encoder?: Encoder;
  private idle?: NodeJS.Timeout;

  /**
   * @param draft where the new files are written, as `<draft>-0`, `<draft>-1` and so on
   * @throws PictureRefused; Problem 503 when too many wait, or the process ended
   */
  async encode(source: string, draft: string): Promise<EncodedPicture> {
    if (this.queue.length() >= MOST_WAITING) throw busy();
    return this.queue.push({ source, draft });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.end();
  }

  private async run(work: Work): Promise<EncodedPicture> {
    clearTimeout(this.idle);
    if (!this.encoder?.isAlive) this.encoder = new Encoder();
    const answer = await this.encoder.send(work);
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.end(), IDLE_MS).unref();
    if (answer instanceof Error) throw unfinished(answer);
    if ('picture' in answer) return answer.picture;
    if ('refusal' in answer) throw new PictureRefused(answer.refusal);
    throw new Error(`a picture could not be encoded: ${answer.failure}`);
  }

  private async end(): Promise<void> {
    clearTimeout(this.idle);
    const { encoder } = this;
    this.encoder = undefined;
    await encoder?.end();
  }
}

/** One process. It does not keep the app's alive unless it has something to do, and ends with it. */
class Encoder {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (answer: EncodeAnswer | Error) => void>();
  private lastId = 0;

  constructor() {
    this.process = fork(ENCODER, { env: ENVIRONMENT, execArgv: [] });
    setPriority(this.process.pid!, constants.priority.PRIORITY_LOW);
    this.process.on('message', (answer: EncodeAnswer) => this.waiting.get(answer.id)?.(answer));
    this.process.on('error', (error) => this.fail(error));
    this.process.once('exit', () => this.fail(new Error('the encoder ended')));
  }

  /** One that was killed is connected until its end is known. */
  get isAlive(): boolean {
    const { connected, killed, signalCode } = this.process;
    return connected && !killed && signalCode === null;
  }

  /** @returns an error when the process ended meanwhile */
  async send(work: Work): Promise<EncodeAnswer | Error> {
    const id = (this.lastId += 1);
    this.process.ref();
    this.process.channel?.ref();
    let stuck: NodeJS.Timeout;
    const answer = await new Promise<EncodeAnswer | Error>((resolve) => {
      this.waiting.set(id, resolve);
      this.process.send({ id, ...work }, (error) => error && resolve(error));
      stuck = setTimeout(() => {
        resolve({ id, refusal: 'picture_too_slow' });
        this.process.kill('SIGKILL');
      }, STUCK_MS);
    });
    clearTimeout(stuck!);
    this.waiting.delete(id);
    if (this.waiting.size === 0) {
      this.process.unref();
      this.process.channel?.unref();
    }
    return answer;
  }

  async end(): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    const frozen = setTimeout(() => this.process.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(frozen);
  }

  private fail(error: Error): void {
    for (const answer of this.waiting.values()) answer(error);
  }
}

function busy() {
  return unavailable('busy', 'Too many pictures wait to be encoded; try again.', RETRY_AFTER_S);
}

function unfinished(error: Error) {
  return unavailable('encoder_ended', `A picture was not encoded, since ${error.message}; try again.`);
}
