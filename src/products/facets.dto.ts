import { ApiProperty, ApiPropertyOptional, OmitType, PickType } from '@nestjs/swagger';
import { ApiMoney } from '../http/fields.js';
import { CategoryDto } from './categories.dto.js';
import { ProductsQuery } from './products.dto.js';

export class FacetsQuery extends PickType(ProductsQuery, [
  'search',
  'category',
  'min_price',
  'max_price',
  'available',
]) {}

class CategoryFacetDto extends OmitType(CategoryDto, ['version']) {
  /** Products that are left when this category is chosen. */
  @ApiProperty({ type: 'integer', example: 12 })
  count!: number;

  /** Present, and false, only when `count` is an estimate. */
  @ApiPropertyOptional({ type: 'boolean', enum: [false] })
  count_exact?: false;
}

class PriceFacetDto {
  /** Decimal string with two digits; null where there is no product. */
  @ApiMoney({ nullable: true, example: '4.90' })
  min!: string | null;

  /** Decimal string with two digits; null where there is no product. */
  @ApiMoney({ nullable: true, example: '249.00' })
  max!: string | null;
}

class AvailableFacetDto {
  /** Value of the filter `available`. */
  value!: boolean;

  /** Products that are left with it. */
  @ApiProperty({ type: 'integer', example: 40 })
  count!: number;

  /** Present, and false, only when `count` is an estimate. */
  @ApiPropertyOptional({ type: 'boolean', enum: [false] })
  count_exact?: false;
}

/** Filters that narrow a list of products further; each facet is counted without its own filter. */
export class FacetsDto {
  /** The hundred with the most products. */
  @ApiProperty({ type: [CategoryFacetDto] })
  categories!: CategoryFacetDto[];

  /** Lowest and highest price. */
  @ApiProperty({ type: PriceFacetDto })
  price!: PriceFacetDto;

  @ApiProperty({ type: [AvailableFacetDto] })
  available!: AvailableFacetDto[];
}
