import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { BulkChangeDto, BulkPreviewDto, PreviewBulkDto, RunBulkDto } from './bulk.dto.js';
import { BulkService } from './bulk.service.js';

@ApiTags('Admin')
@Controller('admin/bulk')
@Roles('admin')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  /** Preview a bulk change: selects its rows and returns a token that runs it (admin) */
  @Post('preview')
  @HttpCode(200)
  @ApiOkResponse({ type: BulkPreviewDto })
  previewBulk(@Body() bulk: PreviewBulkDto, @CurrentUser() user: Principal): Promise<BulkPreviewDto> {
    return this.bulk.preview(bulk, user);
  }

  /** Run a previewed change, once (admin) */
  @Post()
  @HttpCode(202)
  @ApiResponse({ status: 202, type: BulkChangeDto })
  runBulk(@Body() { token }: RunBulkDto, @CurrentUser() user: Principal): Promise<BulkChangeDto> {
    return this.bulk.run(token, user);
  }

  /** Read the progress of a bulk change (admin) */
  @Get('changes/:id')
  @ApiOkResponse({ type: BulkChangeDto })
  getBulk(@Param('id', IdPipe) id: number): Promise<BulkChangeDto> {
    return this.bulk.find(id);
  }

  /** Undo a bulk change, within a day; rows that were changed since stay as they are (admin) */
  @Post('changes/:id/undo')
  @HttpCode(202)
  @ApiResponse({ status: 202, type: BulkChangeDto })
  undoBulk(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<BulkChangeDto> {
    return this.bulk.undo(id, user);
  }
}
