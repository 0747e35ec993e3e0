import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsInt, Max, Min } from 'class-validator';
import { Optional, Text } from '../http/fields.js';

/** Most pictures of a product. */
export const MOST_PICTURES = 50;

export const ALT_LENGTH = 500;

class SourceSetDto {
  @ApiProperty({
    example: 'http://localhost:8000/media/ab/ab…-320.webp 320w, http://localhost:8000/…-640.webp 640w',
  })
  webp!: string;

  @ApiProperty({ example: 'http://localhost:8000/media/ab/ab…-1280.jpg 1280w' })
  jpeg!: string;
}

export class PictureDto {
  @ApiProperty({ type: 'integer', example: 31 })
  id!: number;

  /** Alternative text, for people who do not see the picture; may be empty. */
  @ApiProperty({ example: 'A desk of oak with two drawers' })
  alt!: string;

  /** Width of `src` in pixels. */
  @ApiProperty({ type: 'integer', example: 1280 })
  width!: number;

  @ApiProperty({ type: 'integer', example: 960 })
  height!: number;

  /** ThumbHash in base64, to be shown until the picture is loaded. */
  @ApiProperty({ example: '1QcSHQRnh493V4dIh4eXh1h4kJUI' })
  placeholder!: string;

  /** A JPEG, for clients that do not support WebP. */
  @ApiProperty({ format: 'uri' })
  src!: string;

  /** For `srcset` of `<source type="image/webp">` and `<img>`: each file with its width. */
  srcset!: SourceSetDto;
}

export class DescribePictureDto {
  /** Alternative text, for people who do not see the picture. */
  @Text(ALT_LENGTH)
  @ApiProperty({ example: 'A desk of oak with two drawers' })
  alt!: string;
}

/** Fields beside the file. */
export class UploadPictureDto {
  @Optional()
  @Text(ALT_LENGTH)
  @ApiProperty({ example: 'A desk of oak with two drawers' })
  alt?: string;
}

/** Documents the body with its file. */
export class PictureUploadDto extends UploadPictureDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'PNG, JPEG, WebP, AVIF or GIF.' })
  image!: unknown;
}

export class OrderPicturesDto {
  /** All pictures of the product, the first one first. */
  @IsArray()
  @ArrayMaxSize(MOST_PICTURES)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  @ApiProperty({ type: 'array', items: { type: 'integer' }, example: [31, 29, 30] })
  ids!: number[];
}
