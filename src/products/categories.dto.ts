import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Clearable, Id, Identifier, Optional, RequiredText } from '../http/fields.js';
import { FINGERPRINT_VERSION } from '../http/fingerprint-version.js';

export const CATEGORY_LENGTH = 100;

/** Lower-case letters and digits with hyphens, and not digits alone, which are an id. */
const SLUG = /^(?!\d+$)[\p{Ll}\p{Lo}\p{Lm}\p{N}]+(-[\p{Ll}\p{Lo}\p{Lm}\p{N}]+)*$/u;

export class CreateCategoryDto {
  /** Names that differ only in case and space are the same category. */
  @RequiredText(CATEGORY_LENGTH)
  @Matches(/[\p{L}\p{N}]/u, { message: '$property must hold a letter or a digit' })
  @ApiProperty({ example: 'Furniture' })
  name!: string;

  /** Left out: made from the name of a new category; an existing one keeps its own. */
  @Optional()
  @Identifier(CATEGORY_LENGTH)
  @Matches(SLUG, { message: '$property must be lower-case letters and digits with hyphens' })
  @ApiPropertyOptional({ example: 'furniture' })
  slug?: string;
}

/** A slug that is left out stays as it is. */
export class ReplaceCategoryDto extends CreateCategoryDto {
  /** The `version` that was read: fields that are sent back as they were then stay as they are now. */
  @Clearable()
  @Matches(FINGERPRINT_VERSION, { message: '$property must be the version of a category' })
  @ApiPropertyOptional({ type: 'string', nullable: true })
  version?: string | null;
}

/** Fields that are left out stay as they are: a new name keeps the slug. */
export class UpdateCategoryDto extends PartialType(ReplaceCategoryDto, { skipNullProperties: false }) {}

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

  /** Version of name and slug. A client that sends it with its changes does not overwrite what others changed since. */
  @ApiProperty({ example: '5f3a0c19'.repeat(2) })
  version!: string;
}
