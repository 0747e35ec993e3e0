import { allowFewDecoders, boundMemory, encodePicture } from './encode-picture.js';
import { PictureRefused, type Refusal } from './picture-format.js';
import type { EncodedPicture } from './encode-picture.js';

/** The program of the child process that encodes pictures for `PictureEncoder`. */

export interface EncodeRequest {
  id: number;
  source: string;
  draft: string;
}

export type EncodeAnswer = { id: number } & (
  { picture: EncodedPicture } | { refusal: Refusal } | { failure: string }
);

allowFewDecoders();
boundMemory();
process.on('message', (request: EncodeRequest) => void answer(request));
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {}); // the app ends it

async function answer({ id, source, draft }: EncodeRequest): Promise<void> {
  process.send!(await encode(id, source, draft));
}

async function encode(id: number, source: string, draft: string): Promise<EncodeAnswer> {
  try {
    return { id, picture: await encodePicture(source, draft) };
  } catch (error) {
    if (error instanceof PictureRefused) return { id, refusal: error.reason };
    return { id, failure: (error as Error).message };
  }
}
