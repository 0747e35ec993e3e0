// npm run demo:pictures: encodes the demo shop's pictures from demo/pictures/source, as an upload is encoded.
import { mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { encodePicture } from '../dist/src/media/encode-picture.js';

const SOURCES = 'demo/pictures/source';
const TARGET = 'demo/pictures/encoded';
const WIDTH = 1280;

const work = mkdtempSync(path.join(tmpdir(), 'demo-pictures-'));
rmSync(TARGET, { recursive: true, force: true });
const pictures = {};
for (const source of readdirSync(SOURCES).toSorted()) {
  const name = path.basename(source, '.svg');
  const drawn = path.join(work, `${name}.png`);
  await sharp(path.join(SOURCES, source), { density: 300 }).resize({ width: WIDTH }).png().toFile(drawn);
  const { files, ...picture } = await encodePicture(drawn, path.join(work, name));
  for (const file of files) {
    const target = path.join(TARGET, file.name);
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(file.path, target);
  }
  pictures[name] = picture;
}
writeFileSync('demo/pictures/encoded.json', `${JSON.stringify(pictures, null, 2)}\n`);
rmSync(work, { recursive: true });
