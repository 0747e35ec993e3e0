import { ApiProperty } from '@nestjs/swagger';
import { Flag, Optional } from '../http/fields.js';
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
   * Whether to leave out refused lines and write the others in batches. Otherwise all lines are written in one transaction,
   * or none when some are refused. Buyers of a product that changes wait until its transaction ends.
   */
  @Optional()
  @Flag()
  line_by_line?: boolean;
}

class ImportTotalsDto implements ImportTotals {
  @ApiProperty({ type: 'integer', example: 590 })
  created!: number;

  @ApiProperty({ type: 'integer', example: 8 })
  changed!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  unchanged!: number;

  /** Lines that are not products here, such as the parent of variants. */
  @ApiProperty({ type: 'integer', example: 12 })
  skipped!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  refused!: number;

  /** Pictures that the file names, but that are neither stored here nor in the archive. */
  @ApiProperty({ type: 'integer', example: 3 })
  pictures_left_out!: number;
}

const NOTE_CODES = Object.keys(NOTE_TEXTS) as NoteCode[];

class ImportNoteDto implements ImportNote {
  /** Stable: texts are chosen by it. */
  @ApiProperty({ enum: NOTE_CODES, enumName: 'ImportNoteCode' })
  code!: NoteCode;

  /** Values for the text of the code, such as a line or a price. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { line: '2' },
  })
  values!: Record<string, string>;
}

class LineReportDto {
  /** Number of the line, from 1, which is the header; 0: the file as a whole. */
  @ApiProperty({ type: 'integer', example: 17 })
  line!: number;

  @ApiProperty({ enum: OUTCOMES, enumName: 'ImportOutcome' })
  outcome!: Outcome;

  @ApiProperty({ example: 'Linen Shirt – Red, L' })
  name!: string;

  /** Fields that change. */
  @ApiProperty({ type: [String], example: ['price'] })
  changes!: string[];

  /** Why the line is refused, or which of its values were changed or left out. */
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

  /** Progress of the current check or run, in per cent. */
  @ApiProperty({ type: 'integer', example: 40 })
  done!: number;

  /**
   * Outcomes of the lines, as expected after the check, or as written; null before the check. While an import runs line by
   * line, or after it failed half way: what it has written so far.
   */
  @ApiProperty({ type: ImportTotalsDto, nullable: true })
  totals!: ImportTotalsDto | null;

  /** Lines with notes, at most a thousand, refused ones first. */
  @ApiProperty({ type: [LineReportDto] })
  report!: LineReportDto[];

  /** The error. Nothing was changed then, except by a run line by line: the text has what it has written. */
  @ApiProperty({ type: 'string', nullable: true })
  error!: string | null;
}
