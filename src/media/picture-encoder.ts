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
const CONCURRENCY = 2;
/** Longest queue. */
const MOST_WAITING = 100;
const RETRY_AFTER_S = 10;
/** How long the process lives after its last picture. */
const IDLE_MS = 10_000;
/** Longer than the decoder's own timeout (60 s): a process that is stuck for so long is killed. */
const STUCK_MS = 90_000;
/** How long to wait for the process to end by itself before it is killed. */
const END_MS = 2_000;
/** glibc gives each thread a memory arena; with two arenas less freed memory is retained. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

type Work = Omit<EncodeRequest, 'id'>;

/**
 * Encodes pictures in a child process, which runs while there are pictures to encode. It has a low priority, so that
 * requests go first; its memory is released when it ends; and a crash of a decoder does not end the shop.
 */
@Injectable()
export class PictureEncoder implements OnApplicationShutdown {
  private readonly queue = fastq.promise((work: Work) => this.run(work), CONCURRENCY);
  private encoder?: Encoder;
  private idle?: NodeJS.Timeout;

  /**
   * @param draft path of the new files, which are called `<draft>-0`, `<draft>-1` and so on
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

/** One child process. It keeps the app's process running only while it works, and ends with the app. */
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

  /** A killed process stays connected until its exit is reported. */
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
