import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Shop } from '../support/shop.js';

const LISTENERS = 1_000;
const MOST_BYTES_EACH = 20_000;

describe(`${LISTENERS} listeners to events`, () => {
  let shop: Shop;
  const sockets: Socket[] = [];

  beforeAll(async () => (shop = await Shop.open({ newProcesses: true })));
  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    await shop.close();
  });

  it('use at most 20 kB each, and each gets the event of a sale', async () => {
    const customer = await shop.newCustomer();
    const { id } = await shop.newProduct({ stock: 100 });
    const { hostname, port } = new URL(shop.url);
    const heard = new Set<number>();
    const open = (index: number) =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        sockets.push(socket);
        socket.on('error', reject);
        let text = '';
        socket.on('data', (chunk) => {
          text = text.slice(-500) + String(chunk);
          if (text.includes('"stock":100')) resolve();
          if (text.includes('"stock":99')) heard.add(index);
        });
        socket.write(
          `GET /api/events?products=${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${customer.token}\r\n\r\n`,
        );
      });
    await Promise.all(Array.from({ length: 50 }, (_, index) => open(index))); // so that code loaded by the first ones does not count
    const before = await residentBytes();
    for (let index = 50; index < 50 + LISTENERS; index += 50)
      await Promise.all(Array.from({ length: 50 }, (_, more) => open(index + more)));
    await pause(3_000);
    const each = ((await residentBytes()) - before) / LISTENERS;
    console.log(`${(each / 1000).toFixed(1)} kB of memory for each of ${LISTENERS} listeners`);

    const sold = performance.now();
    await customer.post('/api/orders', { items: [{ product_id: id }] }).expect(201);
    while (heard.size < sockets.length && performance.now() - sold < 10_000) await pause(10);
    console.log(`all ${heard.size} had the event of a sale ${(performance.now() - sold).toFixed()} ms later`);
    expect(heard.size).toBe(sockets.length);
    expect(each).toBeLessThan(MOST_BYTES_EACH);
  });

  async function residentBytes(): Promise<number> {
    await pause(1_000);
    const status = readFileSync(`/proc/${shop.processes[0]!.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
  }
});
