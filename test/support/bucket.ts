import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';
import { freePort } from './free-port.js';

const NAME = 'pictures';
/** Access key and secret of s3rver's only account. */
const KEY = 'S3RVER';

/** An S3 server (s3rver) with an empty bucket. */
export class Bucket {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'comptoir-s3-'));
  private server?: S3rver;

  private constructor(private readonly port: number) {}

  static async open(): Promise<Bucket> {
    const bucket = new Bucket(await freePort());
    await bucket.start();
    return bucket;
  }

  /** A value for `MEDIA_URL`. */
  get url(): string {
    const endpoint = encodeURIComponent(`http://127.0.0.1:${this.port}`);
    return `s3://${KEY}:${KEY}@${NAME}/shop?endpoint=${endpoint}&path_style=true`;
  }

  /** Names of the files in it. */
  get files(): string[] {
    const folder = path.join(this.directory, NAME, 'shop');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('._S3rver_object'))
      .map((file) => file.replace('._S3rver_object', ''));
  }

  async start(): Promise<void> {
    const { port, directory } = this;
    const options = { address: '127.0.0.1', port, directory, silent: true };
    this.server = new S3rver({ ...options, configureBuckets: [{ name: NAME }] });
    await this.server.run();
  }

  /** Stops the server; the files stay until `delete`. */
  async stop(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  async delete(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true });
  }
}
