import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import type { Upload } from '../http/uploads.js';
import { TakesLargeFiles, Uploads } from '../media/uploads.js';
import { ImportFileDto, ImportPicturesDto, ProductImportDto, RunImportDto } from './imports.dto.js';
import { ImportsService } from './imports.service.js';

@ApiTags('Admin')
@Controller('admin/imports')
@Roles('admin')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /** Send a file of products to be checked, which changes nothing yet (admin) */
  @Post('preview')
  @HttpCode(202)
  @TakesLargeFiles('file')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportFileDto })
  @ApiResponse({ status: 202, type: ProductImportDto })
  previewImport(@Uploads() uploads: Upload[], @CurrentUser() user: Principal): Promise<ProductImportDto> {
    return this.imports.preview(uploads, user);
  }

  /** Read the progress of an import, and the outcome of its lines (admin) */
  @Get(':id')
  @ApiOkResponse({ type: ProductImportDto })
  getImport(@Param('id', IdPipe) id: number): Promise<ProductImportDto> {
    return this.imports.find(id);
  }

  /** Add a zip archive of the pictures that a file names; the file is checked again with them (admin) */
  @Post(':id/pictures/preview')
  @HttpCode(202)
  @TakesLargeFiles('file')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportPicturesDto })
  @ApiResponse({ status: 202, type: ProductImportDto })
  previewImportPictures(
    @Param('id', IdPipe) id: number,
    @Uploads() uploads: Upload[],
  ): Promise<ProductImportDto> {
    return this.imports.addPictures(id, uploads);
  }

  /** Import the products of a file that was checked, once (admin) */
  @Post(':id/run')
  @HttpCode(202)
  @ApiResponse({ status: 202, type: ProductImportDto })
  runImport(
    @Param('id', IdPipe) id: number,
    @Body() options: RunImportDto,
    @CurrentUser() user: Principal,
  ): Promise<ProductImportDto> {
    return this.imports.run(id, options, user);
  }
}
