import { rmSync } from 'node:fs';

export default async function tearDown() {
  await globalThis.embeddedPostgres.stop();
  rmSync(process.env.TEST_DATA_DIR, { recursive: true, force: true });
}
