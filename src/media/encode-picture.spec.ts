import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { boundMemory, refusalOf, renderPicture } from './encode-picture.js';
import { isCutShort } from './picture-format.js';

const RED = { r: 230, g: 20, b: 30 };
const BLUE = { r: 20, g: 40, b: 220 };
const GREEN = { r: 20, g: 220, b: 40 };

const half = (picture: Sharp) => picture.rotate(180);
const left = (picture: Sharp) => picture.rotate(270);
const right = (picture: Sharp) => picture.rotate(90);
const mirrored = (picture: Sharp) => picture.flop();

/** How a camera stores a picture with this orientation, step by step: EXIF 2.32, 4.6.4, has the inverse of each. */
const TURNS: Record<number, ((picture: Sharp) => Sharp)[]> = {
  1: [],
  2: [mirrored],
  3: [half],
  4: [half, mirrored],
  5: [right, mirrored],
  6: [left],
  7: [left, mirrored],
  8: [right],
};

describe('A picture', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-encoder-'));
  let files = 0;

  beforeAll(boundMemory);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function render(content: Buffer, name = 'picture') {
    const file = path.join(folder, `${(files += 1)}-${name}`);
    writeFileSync(file, content);
    const { contents, ...picture } = await renderPicture(file);
    return { ...picture, webp: contents.at(-2)!, jpeg: contents.at(-1)!, contents };
  }

  const refusal = (content: Buffer) =>
    render(content).then(
      () => undefined,
      ({ reason }) => reason,
    );

  const plain = (width: number, height: number, background: object = RED) =>
    sharp({ create: { width, height, channels: 3, background: background as typeof RED } });

  /** Blue at the upper left, so that rotations are visible. */
  const flag = async (width = 60, height = 40) =>
    plain(width, height, RED).composite([
      {
        input: await plain(width / 2, height / 2, BLUE)
          .png()
          .toBuffer(),
        top: 0,
        left: 0,
      },
    ]);

  /** Has no metadata profile. */
  async function colourAt(file: Buffer, left: number, top: number): Promise<number[]> {
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const at = (top * info.width + left) * info.channels;
    return [...data.subarray(at, at + info.channels)];
  }

  const near = ([r, g, b]: number[], { r: r2, g: g2, b: b2 }: typeof RED, by = 30) =>
    Math.abs(r! - r2) < by && Math.abs(g! - g2) < by && Math.abs(b! - b2) < by;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('with orientation %i is rotated upright', async (orientation) => {
    let pixels = await (await flag()).png().toBuffer();
    for (const turn of TURNS[orientation]!) pixels = await turn(sharp(pixels)).png().toBuffer();
    const photo = await sharp(pixels).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const { width, height, webp, jpeg } = await render(photo);
    expect([width, height]).toEqual([60, 40]);
    for (const file of [webp, jpeg]) {
      const corners = [
        await colourAt(file, 10, 5),
        await colourAt(file, 50, 5),
        await colourAt(file, 10, 35),
      ];
      expect(corners.map((corner) => near(corner, BLUE))).toEqual([true, false, false]);
      expect((await sharp(file).metadata()).orientation).toBeUndefined();
    }
  });

  it.each(['png', 'webp', 'avif'] as const)(
    'of a camera that writes %s is rotated upright',
    async (format) => {
      const photo = await plain(60, 40).withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
      expect(await render(photo)).toMatchObject({ width: 40, height: 60 });
    },
  );

  it('has no metadata about person, place and camera', async () => {
    const exif = {
      IFD0: { Artist: 'Somebody', Copyright: 'Secret' },
      IFD3: { GPSLatitude: '51/1 30/1 0/1' },
    };
    const photo = await plain(50, 50)
      .withExif(exif)
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
      .jpeg()
      .toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    for (const file of (await render(photo)).contents) {
      const { exif: kept, xmp, icc, iptc } = await sharp(file).metadata();
      expect([kept, xmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    }
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['CMYK', () => plain(40, 40).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    [
      'CMYK with a profile',
      () => plain(40, 40).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 }).toBuffer(),
    ],
    ['16 bits', () => plain(40, 40).toColourspace('rgb16').png().toBuffer()],
    ['a palette', () => plain(40, 40).png({ palette: true }).toBuffer()],
    ['Display P3', () => plain(40, 40).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer()],
    ['AVIF', () => plain(40, 40).avif({ quality: 80 }).toBuffer()],
    ['AVIF with 10 bits', () => plain(40, 40).avif({ quality: 80, bitdepth: 10 }).toBuffer()],
    ['interlaced PNG', () => plain(40, 40).png({ progressive: true }).toBuffer()],
    ['lossless WebP', () => plain(40, 40).webp({ lossless: true }).toBuffer()],
    ['GIF', () => plain(40, 40).gif().toBuffer()],
    ['progressive JPEG', () => plain(40, 40).jpeg({ progressive: true, quality: 95 }).toBuffer()],
  ])('of %s has the same colours in sRGB', async (_kind, make) => {
    const { webp, jpeg } = await render(await make());
    for (const file of [webp, jpeg]) {
      const { space, depth, channels } = await sharp(file).metadata();
      expect([space, depth, channels]).toEqual(['srgb', 'uchar', 3]);
      expect(near(await colourAt(file, 20, 20), RED, 60)).toBe(true);
    }
  });

  it('in grey stays grey', async () => {
    const { webp } = await render(await plain(40, 40, { r: 90, g: 90, b: 90 }).greyscale().png().toBuffer());
    expect(near(await colourAt(webp, 20, 20), { r: 90, g: 90, b: 90 })).toBe(true);
  });

  it('with transparency keeps it in WebP, and is white behind it in JPEG', async () => {
    const glass = sharp({ create: { width: 40, height: 40, channels: 4, background: { ...RED, alpha: 0 } } });
    const { webp, jpeg } = await render(await glass.png().toBuffer());
    expect((await colourAt(webp, 20, 20))[3]).toBe(0);
    expect(await colourAt(jpeg, 20, 20)).toEqual([255, 255, 255]);
  });

  it.each(['gif', 'webp'] as const)('with an animation (%s) shows its first frame', async (format) => {
    const frames = await Promise.all(
      [BLUE, RED, GREEN].map((colour) => plain(50, 30, colour).png().toBuffer()),
    );
    const film = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(film).metadata()).pages).toBe(3);
    const { width, height, webp } = await render(film);
    expect([width, height]).toEqual([50, 30]);
    expect(near(await colourAt(webp, 25, 15), BLUE)).toBe(true);
  });

  it('is encoded in widths up to its own, with a bounded height', async () => {
    expect((await render(await plain(3000, 1500).png().toBuffer())).widths).toEqual([320, 640, 1280]);
    expect((await render(await plain(700, 100).png().toBuffer())).widths).toEqual([320, 640, 700]);
    expect((await render(await plain(320, 10).png().toBuffer())).widths).toEqual([320]);
    expect(await render(await plain(1, 1).png().toBuffer())).toMatchObject({ widths: [1], height: 1 });
    expect(await render(await plain(100, 20_000).png().toBuffer())).toMatchObject({
      width: 26,
      height: 5120,
    });
    expect(await render(await plain(20_000, 1).png().toBuffer())).toMatchObject({ width: 1280, height: 1 });
  });

  it('is named by its content, whatever its file name is', async () => {
    const png = await plain(30, 30).png().toBuffer();
    const [one, two] = [await render(png, 'x.gif'), await render(png, 'x.svg')];
    expect(one.hash).toMatch(/^[0-9a-f]{32}$/);
    expect(two.hash).toBe(one.hash);
    expect((await render(await plain(30, 30, BLUE).png().toBuffer())).hash).not.toBe(one.hash);
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['PNG', async () => (await flag()).png().toBuffer()],
    ['JPEG', async () => (await flag()).jpeg().toBuffer()],
    ['progressive JPEG', async () => (await flag()).jpeg({ progressive: true }).toBuffer()],
    ['WebP', async () => (await flag()).webp().toBuffer()],
    ['AVIF', async () => (await flag()).avif().toBuffer()],
    ['GIF', async () => (await flag()).gif().toBuffer()],
    [
      'animated GIF',
      async () => {
        const frame = await (await flag()).png().toBuffer();
        const other = await plain(60, 40, BLUE).png().toBuffer();
        return sharp([frame, other, frame], { join: { animated: true } })
          .gif()
          .toBuffer();
      },
    ],
  ])(
    'of %s that is cut short anywhere is refused',
    async (_format, make) => {
      const whole = await make();
      expect(await refusal(whole)).toBeUndefined();
      const lengths = [
        1,
        20,
        ...Array.from({ length: 12 }, (_, at) => Math.floor((whole.length * (at + 1)) / 13)),
      ];
      for (const length of [...lengths, whole.length - 10, whole.length - 2, whole.length - 1]) {
        expect([length, await refusal(whole.subarray(0, length))]).toEqual([
          length,
          expect.stringMatching(/^picture_/),
        ]);
      }
      expect(await refusal(whole.subarray(0, whole.length - 1))).toMatch(/^picture_(cut_short|damaged)$/);
    },
    30_000,
  );

  it('of full length with a wrong byte is "damaged", not "cut short"', async () => {
    const png = await (await flag()).png().toBuffer();
    png[png.indexOf('IDAT') + 6]! ^= 0xff;
    expect(await refusal(png)).toBe('picture_damaged');
  });

  it('with trailing bytes is accepted', async () => {
    for (const format of ['png', 'gif', 'jpeg'] as const) {
      const whole = await (await flag()).toFormat(format).toBuffer();
      expect([format, await refusal(Buffer.concat([whole, Buffer.from('trailer')]))]).toEqual([
        format,
        undefined,
      ]);
      if (format !== 'jpeg') expect(isCutShort(whole, format)).toBe(false);
    }
  });

  it('with more than 40 megapixels in its header is refused before it is decoded', async () => {
    const png = await plain(10, 10).png().toBuffer();
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await refusal(png)).toBe('picture_too_large');
    expect(await refusal(await plain(6400, 6251).png().toBuffer())).toBe('picture_too_large');
    expect(await refusal(await plain(6400, 6250).png().toBuffer())).toBeUndefined();
  });

  it('that takes too long is refused for that reason', async () => {
    const slow = plain(9000, 9000).blur(200).timeout({ seconds: 1 }).raw().toBuffer();
    const error = await slow.then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(refusalOf(error)).toMatchObject({ reason: 'picture_too_slow' });
  });

  it.each<[string, string, string]>([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'picture_is_markup'],
    ['an SVG in disguise', '\uFEFF \n<?xml version="1.0"?><!-- x --><svg/>', 'picture_is_markup'],
    ['a page', '<!DOCTYPE html><script>alert(1)</script>', 'picture_is_markup'],
    ['a shell script', '#!/bin/sh\necho', 'picture_is_markup'],
    ['PHP behind text', 'GIF89 <?php system("id") ?>', 'picture_is_markup'],
    ['nothing', '', 'picture_empty'],
    ['text', 'hello', 'picture_format_unknown'],
    ['a PDF', '%PDF-1.7 x', 'picture_format_unknown'],
    ['a BMP', 'BM6\0\0\0', 'picture_format_unknown'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'picture_is_heic'],
    ['a film', '\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'picture_format_unknown'],
    ['a GIF with a script in it', 'GIF89a=1/*<script>*/', 'picture_cut_short'],
  ])('that is %s is refused', async (_what, content, reason) => {
    expect(await refusal(Buffer.from(content, content.startsWith('\uFEFF') ? 'utf8' : 'latin1'))).toBe(
      reason,
    );
  });
});

/** Checksum of a PNG chunk (ISO/IEC 15948, annex D). */
function crc32(bytes: Buffer): number {
  let crc = 0xff_ff_ff_ff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xed_b8_83_20 : crc >>> 1;
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0;
}
