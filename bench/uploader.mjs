/** Started by pictures.mjs: uploads a picture many times at once, and says how each was answered. */
import { readFileSync } from 'node:fs';

process.once('message', async ({ url, token, product, file, count }) => {
  const photo = readFileSync(file);
  const upload = async () => {
    const body = new FormData();
    body.append('image', new Blob([photo]), 'photo.jpg');
    const headers = { authorization: token };
    const answer = await fetch(`${url}/api/products/${product}/images`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  process.send(await Promise.all(Array.from({ length: count }, upload)));
  process.disconnect();
});
