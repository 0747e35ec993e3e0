/** Uploads a picture. As a program, which pictures.mjs starts: the same one many times at once. */
import { openAsBlob } from 'node:fs';

/** @throws Error when it is refused */
export async function sendPicture({ url, headers, photo }) {
  const body = new FormData();
  body.append('image', await openAsBlob(photo), 'photo.jpg');
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
}

if (process.argv[1] === import.meta.filename) {
  const { count, ...upload } = JSON.parse(process.argv[2]);
  await Promise.all(Array.from({ length: count }, () => sendPicture(upload)));
}
