import { open } from 'node:fs/promises';

export type PictureFormat = 'avif' | 'gif' | 'jpeg' | 'png' | 'webp';

/** Why a file cannot be shown as a picture. */
export type Refusal =
  | 'picture_empty'
  | 'picture_is_markup'
  | 'picture_is_heic'
  | 'picture_format_unknown'
  | 'picture_cut_short'
  | 'picture_too_large'
  | 'picture_too_slow'
  | 'picture_damaged';

export class PictureRefused extends Error {
  override name = 'PictureRefused';

  constructor(readonly reason: Refusal) {
    super(reason);
  }
}

const BEGINNING_BYTES = 512;

/**
 * Detects the format of a file by its first bytes; its name does not matter.
 *
 * @throws PictureRefused for a file other than PNG, JPEG, WebP, AVIF or GIF
 */
export async function formatOf(path: string): Promise<PictureFormat> {
  const beginning = await beginningOf(path);
  if (beginning.length === 0) throw new PictureRefused('picture_empty');
  const text = beginning.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (/^RIFF.{4}WEBP/s.test(text)) return 'webp';
  if (text.slice(4, 8) === 'ftyp') return formatOfBrands(beginning);
  if (isMarkup(beginning)) throw new PictureRefused('picture_is_markup');
  throw new PictureRefused('picture_format_unknown');
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The brands of an ISO base media file (ISO/IEC 14496-12): four letters each, the major one first. */
function formatOfBrands(beginning: Buffer): PictureFormat {
  const size = Math.min(beginning.readUInt32BE(0), beginning.length);
  const brands = beginning.toString('latin1', 8, size).match(/.{4}/gs) ?? [];
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  const isHeic = brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand));
  throw new PictureRefused(isHeic ? 'picture_is_heic' : 'picture_format_unknown');
}

/** SVG, HTML, XML or a script, in any encoding that a browser would guess. */
function isMarkup(beginning: Buffer): boolean {
  const text = beginning.toString('latin1').replace(/[\0\s]|^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/g, '');
  return /^(<[a-z!?/%]|#!)/i.test(text) || /<(svg|script|html|\?php)/i.test(text);
}

/**
 * Whether a PNG or GIF ends before its end mark. Decoders show such a file as soon as the pixels of the first frame are
 * complete; those of the other formats notice it themselves.
 */
export function isCutShort(file: Buffer, format: PictureFormat): boolean {
  if (format === 'png') return !hasEndOfPng(file);
  return format === 'gif' && !hasEndOfGif(file);
}

/** Walks the chunks: length, type, data, checksum. */
function hasEndOfPng(file: Buffer): boolean {
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IEND') return true;
  }
  return false;
}

/** Walks the blocks of GIF89a (https://www.w3.org/Graphics/GIF/spec-gif89a.txt) up to the trailer. */
function hasEndOfGif(file: Buffer): boolean {
  const tableBytes = (packed: number) => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  let at = 13 + tableBytes(file[10] ?? 0);
  while (at < file.length) {
    const block = file[at];
    if (block === 0x3b) return true;
    if (block === 0x2c) at += 11 + tableBytes(file[at + 9] ?? 0);
    else if (block === 0x21) at += 2;
    else return false;
    while (file[at]) at += file[at]! + 1;
    at += 1;
  }
  return false;
}
