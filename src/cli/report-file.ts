import { once } from 'node:events';
import { createWriteStream, openSync } from 'node:fs';

/** The file of `--report`: a line of JSON for each line of an import. Without a path nothing is written. */
export class ReportFile {
  private readonly stream;

  /** @throws Error when the file cannot be written */
  constructor(path: string | undefined) {
    this.stream = path ? createWriteStream(path, { fd: openSync(path, 'w') }) : undefined;
  }

  /** Waits while the stream is full, so that reports do not pile up in memory. */
  async write(reports: object[]): Promise<void> {
    const text = reports.map((each) => `${JSON.stringify(each)}\n`).join('');
    if (this.stream && text && !this.stream.write(text)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    if (!this.stream) return;
    this.stream.end();
    await once(this.stream, 'close');
  }
}
