import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Min } from 'class-validator';
import { Optional } from '../http/fields.js';

const MOST_PRODUCTS = 50;

export class EventsQuery {
  /** Ids of the products to watch, separated by commas; at most 50. */
  @Optional()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',').map(Number) : value))
  @IsArray()
  @ArrayMaxSize(MOST_PRODUCTS)
  @IsInt({ each: true, message: 'products must be ids, separated by commas' })
  @Min(1, { each: true })
  @ApiProperty({ type: 'string', example: '1,2' })
  products?: number[];
}
