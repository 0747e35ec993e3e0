import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { OverviewDto, TimelineDto } from './overview.dto.js';
import { OverviewService } from './overview.service.js';

@ApiTags('Admin')
@Controller('admin')
@Roles('admin')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  /** Count what needs attention, and the sales of the last thirty days (admin) */
  @Get('overview')
  @ApiOkResponse({ type: OverviewDto })
  getOverview(): Promise<OverviewDto> {
    return this.overview.overviewNow();
  }

  /** List what happened to an order and its stock, with names, and what it can become (admin) */
  @Get('orders/:id/timeline')
  @ApiOkResponse({ type: TimelineDto })
  getOrderTimeline(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<TimelineDto> {
    return this.overview.timeline(id, user);
  }
}
