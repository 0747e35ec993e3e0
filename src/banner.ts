import type { Config } from './config/config.js';
import type { OpenDatabase } from './database/open-database.js';
import { DEMO_PASSWORD } from './first-start/first-start.service.js';

/** Tells whoever started the shop where everything is. */
export function printBanner(config: Config, database: OpenDatabase): void {
  const url = config.publicUrl;
  const lines = [
    ['API', `${url}/api`],
    ['Swagger UI', `${url}/api/docs`],
    ['OpenAPI', `${url}/api/docs-json`],
    [
      'Database',
      database.embedded ? `embedded PostgreSQL in ${config.dataDir}` : 'PostgreSQL at DATABASE_URL',
    ],
  ];
  if (config.mailDelivery === 'mailbox') lines.push(['Mailbox', `${url}/dev/mailbox`]);
  if (config.demo)
    lines.push(['Demo', `admin@example.com, john@example.com, jane@example.com / ${DEMO_PASSWORD}`]);
  const text = lines.map(([name, value]) => `  ${name!.padEnd(12)}${value}`).join('\n');
  console.log(`\nComptoir is open (${process.pid}).\n${text}\n`);
}
