import { ApiProperty } from '@nestjs/swagger';
import { COLUMN_TYPES, type ColumnType } from './models.js';

export class ModelColumnDto {
  @ApiProperty({ example: 'price' })
  name!: string;

  @ApiProperty({ enum: COLUMN_TYPES, enumName: 'ColumnType' })
  type!: ColumnType;

  /** The possible values. */
  @ApiProperty({ type: [String], required: false })
  enum?: string[];

  /** The model that the column references. */
  @ApiProperty({ type: String, required: false, example: 'categories' })
  reference?: string;

  nullable!: boolean;

  sortable!: boolean;

  filterable!: boolean;

  /** Parameters of the list that filter by it. */
  @ApiProperty({ type: [String], example: ['price_min', 'price_max'] })
  filters!: string[];

  writable!: boolean;

  /** In one row and in exports, not in lists. */
  detail!: boolean;
}

export class AdminModelDto {
  @ApiProperty({ example: 'products' })
  name!: string;

  @ApiProperty({ example: 'Products' })
  label!: string;

  /** The default ordering. */
  @ApiProperty({ example: '-id' })
  ordering!: string;

  @ApiProperty({ type: [String], example: ['id', '-id'] })
  orderings!: string[];

  /** Whether the list takes `search`. */
  searchable!: boolean;

  /** Whether deleted rows are listed only with `deleted=only`. */
  deleted!: boolean;

  /** Filters that are no column: `true` or `false`. */
  @ApiProperty({ type: [String], example: ['low_stock'] })
  switches!: string[];

  /** Columns of the primary key; a row's `id` joins their values with a hyphen. */
  @ApiProperty({ type: [String], example: ['id'] })
  primary_key!: string[];

  @ApiProperty({ type: [ModelColumnDto] })
  columns!: ModelColumnDto[];

  @ApiProperty({ type: [String] })
  actions!: string[];
}

/** A row: one member for each column of its model, which tells their types. */
export class AdminRowDto {
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 7 })
  id!: number | string;
}

export class AdminRowListDto {
  /** Whether `count` is exact. Else it is the bound up to which rows were counted or, for a whole table, an estimate. */
  count_exact!: boolean;

  @ApiProperty({ type: 'integer', example: 42 })
  count!: number;

  @ApiProperty({ type: 'string', nullable: true, format: 'uri' })
  next!: string | null;

  @ApiProperty({ type: 'string', nullable: true, format: 'uri' })
  previous!: string | null;

  @ApiProperty({ type: [AdminRowDto] })
  results!: AdminRowDto[];
}
