import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { HealthService } from './health.service.js';

class HealthDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

const OK: HealthDto = { status: 'ok' };

@ApiTags('Health')
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Liveness of the process, without a query */
  @Get('live')
  @ApiOkResponse({ type: HealthDto })
  checkLiveness(): HealthDto {
    return OK;
  }

  /** Can the process serve? 503 without its database or a migration, and while it stops */
  @Get('ready')
  @ApiOkResponse({ type: HealthDto })
  async checkReadiness(): Promise<HealthDto> {
    await this.health.refuseUnlessReady();
    return OK;
  }
}
