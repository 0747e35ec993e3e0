/** A child process of pictures.mjs: uploads a picture many times at once, and reports the status of each upload. */
import { readFileSync } from 'node:fs';
import { uploadBody } from './upload-body.mjs';

process.once('message', async ({ url, token, product, file, count }) => {
  const { body, type } = await uploadBody(readFileSync(file));
  const upload = async () => {
    const headers = { authorization: token, 'content-type': type };
    const answer = await fetch(`${url}/api/products/${product}/images`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  process.send(await Promise.all(Array.from({ length: count }, upload)));
  process.disconnect();
});
