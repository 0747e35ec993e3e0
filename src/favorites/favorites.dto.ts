import { ApiProperty } from '@nestjs/swagger';
import { ProductId } from '../http/fields.js';
import { ProductDto } from '../products/products.dto.js';

export class AddFavoriteDto {
  @ProductId()
  product_id!: number;
}

export class FavoriteDto {
  /** The id of its product. */
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  product!: ProductDto;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;
}
