/** A child process of pictures.mjs: uploads a form many times at once, and reports the status of each upload. */
import { readFileSync } from 'node:fs';

process.once('message', async ({ url, headers, file, count }) => {
  const body = readFileSync(file);
  const upload = async () => {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  };
  process.send(await Promise.all(Array.from({ length: count }, upload)));
  process.disconnect();
});
