import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { formatOf, isCutShort, PictureRefused } from './picture-format.js';
import { namesOf } from './picture-names.js';

/** Widths of the WebP files; the JPEG has the largest. A picture is never enlarged. */
const WIDTHS = [320, 640, 1280];
const MAX_WIDTH = 1280;
/** Of a very tall picture; less than WebP's 16,383. */
const MAX_HEIGHT = 5120;
const MAX_PIXELS = 40_000_000;
const QUALITY = 80;
/** Bounds of what a ThumbHash is made from. */
const PLACEHOLDER_SIZE = 100;
const LONGEST_SECONDS = 60;

export interface EncodedPicture {
  /** SHA-256 of all files, the first 128 bits in hex: their names begin with it. */
  hash: string;
  /** Of the largest files. */
  width: number;
  height: number;
  /** Of the WebP files, ascending. */
  widths: number[];
  /** ThumbHash in base64. */
  placeholder: string;
  /** Where each lies until it is stored, in the order of `namesOf`. */
  files: { name: string; path: string }[];
}

/** The decoders that may see what a client sent. libvips knows many more. */
export function allowFewDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  const decoders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].flatMap((name) => [
    `VipsForeignLoad${name}File`,
    `VipsForeignLoad${name}Buffer`,
  ]);
  sharp.unblock({ operation: decoders });
}

/** One thread for each picture, and nothing kept between two: what a picture takes is known, and does not grow. */
export function boundMemory(): void {
  sharp.cache(false);
  sharp.concurrency(1);
}

type Rendered = Omit<EncodedPicture, 'files'> & { contents: Buffer[] };

/**
 * Encodes a picture into new files.
 *
 * @param draft where they are written, as `<draft>-0`, `<draft>-1` and so on
 * @throws PictureRefused when the file is no picture that can be shown
 */
export async function encodePicture(source: string, draft: string): Promise<EncodedPicture> {
  const { contents, ...picture } = await renderPicture(source);
  const files = namesOf(picture).map((name, index) => ({ name, path: `${draft}-${index}` }));
  await Promise.all(files.map((file, index) => writeDurably(file.path, contents[index]!)));
  return { ...picture, files };
}

/**
 * Decodes a file to its last pixel, once, and makes new ones of it: upright, in sRGB, without metadata, of an animation
 * the first frame.
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

/** What libvips and its decoders say of a file that they cannot read. */
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

/** On the disk before its name is used: a power failure leaves no empty picture behind. */
async function writeDurably(file: string, content: Buffer): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
