import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { formatOf, isCutShort, PictureRefused } from './picture-format.js';
import { namesOf } from './picture-names.js';

/** Widths of the WebP files; the JPEG has the largest. A picture is never enlarged. */
const WIDTHS = [320, 640, 1280];
const MAX_WIDTH = 1280;
/** Bounds very tall pictures, below WebP's limit of 16,383. */
const MAX_HEIGHT = 5120;
const MAX_PIXELS = 40_000_000;
const QUALITY = 80;
/** Largest side of the picture from which a ThumbHash is made. */
const PLACEHOLDER_SIZE = 100;
const LONGEST_SECONDS = 60;

export interface EncodedPicture {
  /** SHA-256 of all files, the first 128 bits in hex: their names begin with it. */
  hash: string;
  /** Size of the largest files. */
  width: number;
  height: number;
  /** Widths of the WebP files, ascending. */
  widths: number[];
  /** ThumbHash in base64. */
  placeholder: string;
  /** The encoded files before they are stored, in the order of `namesOf`. */
  files: { name: string; path: string }[];
}

/** Allows only the decoders of supported formats; libvips has many more, which clients must not reach. */
export function allowFewDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  const decoders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].flatMap((name) => [
    `VipsForeignLoad${name}File`,
    `VipsForeignLoad${name}Buffer`,
  ]);
  sharp.unblock({ operation: decoders });
}

/** One thread for each picture and no cache, so that the memory for a picture is bounded and does not grow. */
export function boundMemory(): void {
  sharp.cache(false);
  sharp.concurrency(1);
}

type Rendered = Omit<EncodedPicture, 'files'> & { contents: Buffer[] };

/**
 * Encodes a picture into new files.
 *
 * @param draft path of the new files, which are called `<draft>-0`, `<draft>-1` and so on
 * @throws PictureRefused when the file is not a picture that browsers can show
 */
export async function encodePicture(source: string, draft: string): Promise<EncodedPicture> {
  const { contents, ...picture } = await renderPicture(source);
  const files = namesOf(picture).map((name, index) => ({ name, path: `${draft}-${index}` }));
  await Promise.all(files.map((file, index) => writeDurably(file.path, contents[index]!)));
  return { ...picture, files };
}

/**
 * Decodes a whole picture once and encodes it anew in several sizes: upright, in sRGB, without metadata, and of an
 * animation only the first frame.
 *
 * @throws PictureRefused
 */
export async function renderPicture(source: string): Promise<Rendered> {
  const { data, info } = await decode(source);
  const pixels = () =>
    sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  const widths = [...WIDTHS.filter((width) => width < info.width), info.width];
  const contents: Buffer[] = [];
  for (const width of widths) {
    const scaled = width < info.width ? pixels().resize({ width }) : pixels();
    contents.push(await scaled.webp({ quality: QUALITY }).toBuffer());
  }
  const opaque = pixels().flatten({ background: '#fff' });
  contents.push(await opaque.jpeg({ quality: QUALITY, progressive: true }).toBuffer());
  const placeholder = await placeholderOf(pixels());
  const hash = hashOf(contents);
  return { hash, width: info.width, height: info.height, widths, placeholder, contents };
}

async function decode(source: string) {
  const format = await formatOf(source);
  const showsItsEnd = format === 'png' || format === 'gif';
  if (showsItsEnd && isCutShort(await readFile(source), format)) {
    throw new PictureRefused('picture_cut_short');
  }
  try {
    const picture = sharp(source, { failOn: 'error', limitInputPixels: false });
    const header = await picture.metadata();
    if (header.width * header.height > MAX_PIXELS) throw new PictureRefused('picture_too_large');
    return await picture
      .timeout({ seconds: LONGEST_SECONDS })
      .autoOrient()
      .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    const refusal = refusalOf(error as Error);
    throw showsItsEnd && refusal.reason === 'picture_cut_short'
      ? new PictureRefused('picture_damaged')
      : refusal;
  }
}

/** Translates errors of libvips and its decoders. */
export function refusalOf(error: Error): PictureRefused {
  if (error instanceof PictureRefused) return error;
  if (/premature end|unexpected end|read error|bad seek|truncated|unable to parse/i.test(error.message)) {
    return new PictureRefused('picture_cut_short');
  }
  if (error.message.startsWith('timeout:')) return new PictureRefused('picture_too_slow');
  if (/exceeds pixel limit|too large/i.test(error.message)) {
    return new PictureRefused('picture_too_large');
  }
  return new PictureRefused('picture_damaged');
}

async function placeholderOf(pixels: Sharp): Promise<string> {
  const { data, info } = await pixels
    .resize({ width: PLACEHOLDER_SIZE, height: PLACEHOLDER_SIZE, fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}

function hashOf(contents: Buffer[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, 32);
}

/** Writes and syncs a file before it gets its name, so that a power failure leaves no empty picture. */
async function writeDurably(file: string, content: Buffer): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
