import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Id, Optional, RequiredText } from '../http/fields.js';

export const CATEGORY_LENGTH = 100;

/** Lower-case letters and digits with hyphens, and not digits alone, which are an id. */
const SLUG = /^(?!\d+$)[\p{Ll}\p{Lo}\p{Lm}\p{N}]+(-[\p{Ll}\p{Lo}\p{Lm}\p{N}]+)*$/u;

export class CreateCategoryDto {
  /** Names that differ only in case and space are the same category. */
  @RequiredText(CATEGORY_LENGTH)
  @Matches(/[\p{L}\p{N}]/u, { message: '$property must hold a letter or a digit' })
  @ApiProperty({ example: 'Furniture' })
  name!: string;

  /** Left out: made from the name. */
  @Optional()
  @RequiredText(CATEGORY_LENGTH)
  @Matches(SLUG, { message: '$property must be lower-case letters and digits with hyphens' })
  @ApiPropertyOptional({ example: 'furniture' })
  slug?: string;
}

/** Fields that are left out stay as they are: a new name keeps the slug. */
export class UpdateCategoryDto extends PartialType(CreateCategoryDto, { skipNullProperties: false }) {}

export class MergeCategoryDto {
  /** The category that gets the products. */
  @Id()
  into!: number;
}

export class DeleteCategoryQuery {
  /** The category that gets the products; without it, a category with products is not deleted. */
  @Optional()
  @Id()
  move_to?: number;
}

export class CategoryDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id!: number;

  @ApiProperty({ example: 'Furniture' })
  name!: string;

  @ApiProperty({ example: 'furniture' })
  slug!: string;
}
