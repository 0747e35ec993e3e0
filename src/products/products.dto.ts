import {
  ApiHideProperty,
  ApiProperty,
  ApiPropertyOptional,
  OmitType,
  PartialType,
  PickType,
} from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, ArrayMaxSize, IsArray, IsString, Matches, MaxLength } from 'class-validator';
import {
  ApiMoney,
  Clearable,
  ClearableInForms,
  Money,
  Optional,
  RequiredText,
  SignedNumber,
  Text,
  Flag,
  WholeNumber,
} from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { ReadVersionDto } from '../http/versions.js';
import { CATEGORY_LENGTH } from './categories.dto.js';
import { MOST_PICTURES, PictureDto } from './pictures.dto.js';
import { type Ordering, ORDERINGS } from './product-ordering.js';

export class ProductsQuery extends PageQuery {
  /** Words, or parts of words, of name or description; case, accents and a typo do not matter. */
  @Optional()
  @IsString()
  @ApiProperty({ example: 'desk' })
  search?: string;

  /** Slug or name of a category. */
  @Optional()
  @Text(100)
  @ApiProperty({ example: 'lighting' })
  category?: string;

  /** At least this. */
  @Optional()
  @Money()
  min_price?: string;

  /** At most this. */
  @Optional()
  @Money()
  max_price?: string;

  /** `true`: on sale and in stock; `false`: the others. */
  @Optional()
  @Flag()
  available?: boolean;

  /** Sort key; `-` reverses. The default is relevance in a search, else the id. */
  /** Several may be given, separated by commas: the first known one counts. */
  @Optional()
  @Transform(({ value }) => firstKnown(value))
  @Allow()
  @ApiProperty({ enum: ORDERINGS, enumName: 'ProductOrdering', 'x-enumNames': ORDERINGS.map(nameOfOrdering) })
  ordering?: Ordering;
}

/** Names for generators, which would drop the sign and make two equal names: `CreatedAtDescending` for `-created_at`. */
function nameOfOrdering(ordering: Ordering): string {
  const words = ordering.replace('-', '').split('_');
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return ordering.startsWith('-') ? `${name}Descending` : name;
}

function firstKnown(orderings: unknown): Ordering | undefined {
  const named = String(orderings ?? '').split(',');
  return named.map((name) => name.trim() as Ordering).find((name) => ORDERINGS.includes(name));
}

export class SuggestQuery {
  /** The text typed so far; case, accents and a typo do not matter. */
  @IsString()
  @Matches(/\S/, { message: '$property must not be empty' })
  @ApiProperty({ example: 'des' })
  search!: string;
}

export const NAME_LENGTH = 200;
export const DESCRIPTION_LENGTH = 5_000;
const ADDRESS_LENGTH = 2_000;

/** No change raises a stock above this. Only units that come back from an order do; what is there may be sent back. */
export const MAX_STOCK = 1_000_000_000;

export class ReplaceProductDto extends ReadVersionDto {
  @RequiredText(NAME_LENGTH)
  @ApiProperty({ example: 'Oak writing desk' })
  name!: string;

  @Money()
  price!: string;

  /** At most 1,000,000,000, unless the product has that much or more: orders that ended may have raised it. */
  @WholeNumber({ min: 0 })
  stock!: number;

  @Optional()
  @Text(DESCRIPTION_LENGTH)
  description?: string;

  /** Name of a category, or its slug if that spells the name, also without accents; a new name makes a new category. */
  @Clearable()
  @RequiredText(CATEGORY_LENGTH)
  @ApiProperty({ nullable: true, example: 'Furniture' })
  category?: string | null;

  /** `false` takes the product off sale. */
  @Optional()
  @Flag()
  available?: boolean;

  /** Address of a picture that the product has, to stay or to become the first; a form may bring a file instead. */
  @ApiHideProperty()
  @ClearableInForms()
  @IsString()
  @MaxLength(ADDRESS_LENGTH)
  image?: string | null;

  /** Addresses of the pictures that stay, in their order; a form may bring files besides. */
  @ApiHideProperty()
  @Transform(({ value }) => (value === '' || value === null ? null : value && [value].flat()))
  @Clearable()
  @IsArray()
  @ArrayMaxSize(MOST_PICTURES)
  @IsString({ each: true })
  @MaxLength(ADDRESS_LENGTH, { each: true })
  images?: string[] | null;
}

export class CreateProductDto extends OmitType(ReplaceProductDto, ['version', 'updated_at']) {
  /** The units at first. */
  @Optional()
  @WholeNumber({ min: 0, max: MAX_STOCK })
  @ApiPropertyOptional({ default: 0 })
  override stock: number = 0;
}

/** Fields that are left out stay as they are. */
export class UpdateProductDto extends PartialType(ReplaceProductDto, { skipNullProperties: false }) {}

/** Exactly one of `delta` and `set` is required. */
export class AdjustStockDto {
  /** Units to add; negative: to remove. */
  @Optional()
  @SignedNumber({ max: MAX_STOCK })
  delta?: number;

  /** The new stock, bounded as a product's `stock` is. */
  @Optional()
  @WholeNumber({ min: 0 })
  set?: number;

  /** Kept in the ledger. */
  @Optional()
  @Text(200)
  @ApiProperty({ example: 'Delivery 4711' })
  reason?: string;
}

export class ProductDto {
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  name!: string;

  @ApiProperty({ example: 'oak-writing-desk' })
  slug!: string;

  description!: string;

  /** Decimal string with two digits. */
  @ApiMoney()
  price!: string;

  @ApiProperty({ type: 'integer', example: 12 })
  stock!: number;

  /** On sale and in stock. */
  available!: boolean;

  /** Name of the category. */
  @ApiProperty({ type: 'string', nullable: true, example: 'Furniture' })
  category!: string | null;

  /** The first of `images`. */
  @ApiProperty({ type: 'string', format: 'uri', nullable: true })
  image!: string | null;

  @ApiProperty({ type: 'array', items: { type: 'string', format: 'uri' } })
  images!: string[];

  /** The same pictures with sizes, placeholders and alternative texts. */
  @ApiProperty({ type: [PictureDto] })
  pictures!: PictureDto[];

  /** Grows with every change, including sales. */
  @ApiProperty({ type: 'integer', example: 3 })
  version!: number;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  updated_at!: string;
}

export class SuggestionDto extends PickType(ProductDto, ['id', 'name', 'slug']) {}
