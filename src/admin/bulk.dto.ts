import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Flag, Optional } from '../http/fields.js';
import { BULK_KINDS, BULK_STATUSES, type BulkAction, type BulkKind, type BulkStatus } from './bulk-action.js';

const MODELS = ['products', 'orders'] as const;

/** From -99.99 to 1000 with at most two decimals: a price stays positive and grows at most elevenfold. */
const PERCENT = /^(-?\d{1,2}(\.\d{1,2})?|\d{3}(\.\d{1,2})?|1000(\.0{1,2})?)$/;

const isKind = (kind: BulkKind) => ValidateIf((action: BulkAction) => action.kind === kind);

export class BulkActionDto implements BulkAction {
  @IsIn(BULK_KINDS)
  @ApiProperty({ enum: BULK_KINDS, enumName: 'BulkKind' })
  kind!: BulkKind;

  /** For `price_percent`: from -99.99 to 1000, at most two decimals. */
  @isKind('price_percent')
  @Transform(({ value }) => (typeof value === 'number' ? String(value) : value))
  @Matches(PERCENT, {
    message: '$property must be a percentage from -99.99 to 1000 with at most two decimals',
  })
  @ApiProperty({ type: String, required: false, example: '-12.5' })
  percent?: string;

  /** For `set_category`: null removes the products from their category. */
  @isKind('set_category')
  @ValidateIf(({ kind, category_id }: BulkAction) => kind === 'set_category' && category_id !== null)
  @IsInt({ message: '$property must be a whole number' })
  @Min(1)
  @ApiProperty({ type: 'integer', required: false, nullable: true, example: 3 })
  category_id?: number | null;

  /** For `set_on_sale`. */
  @isKind('set_on_sale')
  @Flag()
  @ApiProperty({ type: Boolean, required: false, example: true })
  on_sale?: boolean;
}

export class PreviewBulkDto {
  @IsIn(MODELS)
  @ApiProperty({ enum: MODELS, enumName: 'BulkModel' })
  model!: 'products' | 'orders';

  /** The rows of these ids. */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsInt({ each: true, message: '$property must hold whole numbers' })
  @Min(1, { each: true })
  @ApiProperty({ type: 'array', items: { type: 'integer' }, required: false, example: [7, 8] })
  ids?: number[];

  /** In place of `ids`: the query string of the list that shows the rows. */
  @Optional()
  @IsString()
  @MaxLength(2_000)
  @ApiProperty({ required: false, example: 'search=desk&price_min=20' })
  filter?: string;

  @IsObject()
  @ValidateNested()
  @Type(() => BulkActionDto)
  action!: BulkActionDto;
}

export class RunBulkDto {
  @IsString()
  @MaxLength(100)
  @ApiProperty({ description: 'Token of a preview, valid once, for fifteen minutes.' })
  token!: string;
}

export class BulkSampleDto {
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  name!: string;

  @ApiProperty({ type: 'string', nullable: true, example: '24.50' })
  before!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '25.73' })
  after!: string | null;
}

export class BulkPreviewDto {
  /** Runs the change, once. */
  token!: string;

  /** Rows that it changes: these and no others. */
  @ApiProperty({ type: 'integer', example: 598 })
  count!: number;

  /** Rows that have the new value already. */
  @ApiProperty({ type: 'integer', example: 2 })
  unchanged!: number;

  /** The first ten. */
  @ApiProperty({ type: [BulkSampleDto] })
  sample!: BulkSampleDto[];

  @ApiProperty({ type: 'string', format: 'date-time' })
  expires_at!: Date;
}

export class BulkChangeDto {
  @ApiProperty({ type: 'integer', example: 4 })
  id!: number;

  @ApiProperty({ enum: BULK_STATUSES, enumName: 'BulkStatus' })
  status!: BulkStatus;

  @ApiProperty({ enum: MODELS, enumName: 'BulkModel' })
  model!: 'products' | 'orders';

  @ApiProperty({ type: BulkActionDto })
  action!: BulkAction;

  @ApiProperty({ type: 'integer', example: 0 })
  done!: number;

  @ApiProperty({ type: 'integer', example: 598 })
  count!: number;

  /** Why it failed; nothing was changed then. */
  @ApiProperty({ type: 'string', nullable: true })
  error!: string | null;

  /** Ids of rows that were changed meanwhile: the change failed because of them, or its undo skipped them. */
  @ApiProperty({ type: 'array', items: { type: 'integer' } })
  changed_since!: number[];

  /** Null where it cannot be undone. */
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  undo_until!: Date | null;
}
