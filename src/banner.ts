import type { Config } from './config/config.js';
import { DEMO_PASSWORD } from './seed/demo-password.js';
import { startTimes } from './start-times.js';

/** Prints where everything is. */
export function printBanner(config: Config, workers = 1): void {
  const url = config.publicUrl;
  const lines = [
    ['Shop', `${url}/shop/`],
    ['Admin', `${url}/admin/`],
    ['API', `${url}/api`],
    ['Swagger UI', `${url}/api/docs`],
    ['OpenAPI', `${url}/api/docs-json`],
    [
      'Database',
      config.databaseUrl ? 'PostgreSQL at DATABASE_URL' : `embedded PostgreSQL in ${config.dataDir}`,
    ],
  ];
  if (workers > 1) lines.push(['Workers', `${workers} processes; kill -HUP ${process.pid} renews them`]);
  if (config.mailDelivery === 'mailbox') lines.push(['Mailbox', `${url}/dev/mailbox`]);
  if (config.demo)
    lines.push(['Demo', `admin@example.com, john@example.com, jane@example.com / ${DEMO_PASSWORD}`]);
  const text = lines.map(([name, value]) => `  ${name!.padEnd(12)}${value}`).join('\n');
  const after = workers > 1 ? '' : ` after ${startTimes()}`;
  console.log(`\nComptoir is open (${process.pid})${after}.\n${text}\n`);
}
