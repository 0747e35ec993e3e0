import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { AuditRestoreService } from './audit-restore.service.js';

@ApiTags('Admin')
@Controller('admin/audit_log')
@Roles('admin')
export class AuditRestoreController {
  constructor(private readonly restores: AuditRestoreService) {}

  /** Put back what a change replaced, unless it was changed again since (admin) */
  @Post(':id/restore')
  @HttpCode(204)
  @ApiNoContentResponse()
  restoreAuditEntry(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.restores.restore(id, user);
  }
}
