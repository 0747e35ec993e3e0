import { Logger } from '@nestjs/common';
import type { createClient } from '@redis/client';
import { ConfigError } from '../config/config.js';
import { type Ask, type Counted, Counters } from './counters.js';

type Client = ReturnType<typeof createClient>;

const PREFIX = 'comptoir:limit:';
const ANSWER_WITHIN_MS = 500;
const CONNECT_WITHIN_MS = 5_000;

/** Counts ARGV[1] hits in a window of ARGV[2] ms. @returns {hits, ms left} */
const HIT = `
  local hits = redis.call('INCRBY', KEYS[1], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return {hits, redis.call('PTTL', KEYS[1])}`;

/** The same for one hit, unless there are ARGV[2] already. @returns 1 when counted */
const TAKE = `
  if tonumber(redis.call('GET', KEYS[1]) or 0) >= tonumber(ARGV[2]) then return 0 end
  redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return 1`;

const RETURN = `
  if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then redis.call('DECR', KEYS[1]) end`;

/** Counters in Redis. While it does not answer, those in the database count: a limit without Redis is still one. */
export class RedisCounters extends Counters {
  private readonly logger = new Logger(RedisCounters.name);
  private isAnswering = true;

  private constructor(
    private readonly client: Client,
    private readonly otherwise: Counters,
  ) {
    super();
    client.on('error', (error: Error) => this.note(error));
    client.on('ready', () => this.note());
  }

  /**
   * The client library is loaded here alone, so that it costs nothing without Redis.
   *
   * @throws ConfigError when nobody answers as Redis there
   */
  static async connect(url: string, otherwise: Counters): Promise<RedisCounters> {
    const { createClient } = await import('@redis/client');
    const client: Client = createClient({
      url,
      disableOfflineQueue: true,
      pingInterval: 1_000,
      commandOptions: { timeout: ANSWER_WITHIN_MS },
      socket: { connectTimeout: 1_000, socketTimeout: 3_000 },
    });
    const counters = new RedisCounters(client, otherwise);
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        client.connect(),
        new Promise((_, reject) => {
          timer = setTimeout(() => reject(new Error('no answer')), CONNECT_WITHIN_MS);
        }),
      ]);
    } catch (error) {
      client.destroy();
      const { code, message } = error as NodeJS.ErrnoException;
      throw new ConfigError(`REDIS_URL: Redis does not answer there (${code ?? message})`);
    } finally {
      clearTimeout(timer);
    }
    return counters;
  }

  hitMany(asks: Ask[], windowMs: number): Promise<Counted[]> {
    return this.ask(
      () => Promise.all(asks.map(({ key, hits }) => this.hitOne(key, hits, windowMs))),
      () => this.otherwise.hitMany(asks, windowMs),
    );
  }

  take(key: string, limit: number, windowMs: number): Promise<boolean> {
    return this.ask(
      async () => (await this.run(TAKE, key, windowMs, limit)) === 1,
      () => this.otherwise.take(key, limit, windowMs),
    );
  }

  secondsLeft(key: string): Promise<number> {
    return this.ask(
      async () => Math.max(1, Math.ceil((await this.client.pTTL(PREFIX + key)) / 1000)),
      () => this.otherwise.secondsLeft(key),
    );
  }

  returnHits(keys: string[]): Promise<void> {
    return this.ask(
      async () => void (await Promise.all(keys.map((key) => this.run(RETURN, key)))),
      () => this.otherwise.returnHits(keys),
    );
  }

  /** Redis forgets by itself. */
  deleteExpired(limit: number): Promise<number> {
    return this.otherwise.deleteExpired(limit);
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }

  private async hitOne(key: string, hits: number, windowMs: number): Promise<Counted> {
    const [total, msLeft] = (await this.run(HIT, key, hits, windowMs)) as [number, number];
    return { hits: total, msLeft };
  }

  private run(script: string, key: string, ...numbers: number[]) {
    return this.client.eval(script, { keys: [PREFIX + key], arguments: numbers.map(String) });
  }

  private async ask<T>(redis: () => Promise<T>, postgres: () => Promise<T>): Promise<T> {
    try {
      return await redis();
    } catch (error) {
      this.note(error as Error);
      return postgres();
    }
  }

  /** Says it once when Redis goes, and once when it is back. */
  private note(error?: Error): void {
    if (this.isAnswering === !error) return;
    this.isAnswering = !error;
    if (error) this.logger.warn(`Redis does not answer, the database counts instead: ${error.message}`);
    else this.logger.log('Redis answers again');
  }
}
