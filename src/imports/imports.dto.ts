import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import { Optional, toBoolean } from '../http/fields.js';
import { type ImportNote, NOTE_TEXTS, type NoteCode } from './import-note.js';
import { type ImportTotals, OUTCOMES, type Outcome } from './import-report.js';
import { IMPORT_STATUSES, type ImportStatus } from './product-import.entity.js';

/** Documents the body with its files. */
export class ImportFileDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'CSV of our own export, of Shopify or of WooCommerce.',
  })
  file!: unknown;
}

/** Documents the body with its file. */
export class ImportPicturesDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'A zip archive of the pictures that the file names.',
  })
  file!: unknown;
}

export class RunImportDto {
  /**
   * Whether lines that are refused are left out, and the others written some at a time; without it all are written at
   * once, or nothing when some are refused. Buyers of a product that changes wait meanwhile.
   */
  @Optional()
  @Transform(toBoolean)
  @IsBoolean()
  line_by_line?: boolean;
}

class ImportTotalsDto implements ImportTotals {
  @ApiProperty({ type: 'integer', example: 590 })
  created!: number;

  @ApiProperty({ type: 'integer', example: 8 })
  changed!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  unchanged!: number;

  /** What is no product here, such as the parent of variants. */
  @ApiProperty({ type: 'integer', example: 12 })
  skipped!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  refused!: number;

  /** That the file names, and that are neither here nor given along. */
  @ApiProperty({ type: 'integer', example: 3 })
  pictures_left_out!: number;
}

const NOTE_CODES = Object.keys(NOTE_TEXTS) as NoteCode[];

class ImportNoteDto implements ImportNote {
  /** Stable: texts are chosen by it. */
  @ApiProperty({ enum: NOTE_CODES, enumName: 'ImportNoteCode' })
  code!: NoteCode;

  /** What the text of the code is about, such as a line or a price. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { line: '2' },
  })
  values!: Record<string, string>;
}

class LineReportDto {
  /** Of the file, from 1, which is its header; 0 is the file as a whole. */
  @ApiProperty({ type: 'integer', example: 17 })
  line!: number;

  @ApiProperty({ enum: OUTCOMES, enumName: 'ImportOutcome' })
  outcome!: Outcome;

  @ApiProperty({ example: 'Linen Shirt – Red, L' })
  name!: string;

  /** Fields that change. */
  @ApiProperty({ type: [String], example: ['price'] })
  changes!: string[];

  /** Why it is refused, or what of it is not taken as it stands. */
  @ApiProperty({ type: [ImportNoteDto] })
  notes!: ImportNoteDto[];
}

export class ProductImportDto {
  @ApiProperty({ type: 'integer', example: 4 })
  id!: number;

  /** `checked`: it can be run, once. */
  @ApiProperty({ enum: IMPORT_STATUSES, enumName: 'ImportStatus' })
  status!: ImportStatus;

  @ApiProperty({ example: 'products_export_1.csv' })
  file_name!: string;

  /** Per cent of what is under way. */
  @ApiProperty({ type: 'integer', example: 40 })
  done!: number;

  /**
   * What becomes of the lines, or became of them; null until they are checked. Of an import under way, or one that failed
   * half way, what it has written line by line.
   */
  @ApiProperty({ type: ImportTotalsDto, nullable: true })
  totals!: ImportTotalsDto | null;

  /** Lines about which there is something to say, at most a thousand, those that are refused first. */
  @ApiProperty({ type: [LineReportDto] })
  report!: LineReportDto[];

  /** Why it failed. Nothing was changed then, unless line by line: it says what was. */
  @ApiProperty({ type: 'string', nullable: true })
  error!: string | null;
}
