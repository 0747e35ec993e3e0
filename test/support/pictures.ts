import sharp from 'sharp';

interface PictureOptions {
  width?: number;
  height?: number;
  format?: 'png' | 'jpeg' | 'webp' | 'avif' | 'gif';
  background?: { r: number; g: number; b: number; alpha?: number };
}

/** A picture of one colour, as the bytes of a file. */
export function picture({
  width = 400,
  height = 300,
  format = 'png',
  background = { r: 200, g: 80, b: 20 },
}: PictureOptions = {}): Promise<Buffer> {
  const channels = background.alpha === undefined ? 3 : 4;
  return sharp({ create: { width, height, channels, background } }).toFormat(format).toBuffer();
}

/** A form that uploads a file. */
export function pictureForm(
  file: Buffer,
  { field = 'image', name = 'photo.jpg', ...texts }: Record<string, string> = {},
): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(texts)) form.append(key, value);
  form.append(field, new Blob([Uint8Array.from(file)]), name);
  return form;
}
