import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { AccountExportDto } from '../account/account.dto.js';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import { UsersAdminService } from './users-admin.service.js';

@ApiTags('Admin')
@Controller('admin/users')
@Roles('admin')
export class UsersAdminController {
  constructor(private readonly users: UsersAdminService) {}

  /** Disable a user's account: refuses sign-in and ends all sessions (admin) */
  @Post(':id/disable')
  @HttpCode(204)
  @ApiNoContentResponse()
  disableUser(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.users.disable(id, user);
  }

  /** Let a user sign in again (admin) */
  @Post(':id/enable')
  @HttpCode(204)
  @ApiNoContentResponse()
  enableUser(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.users.enable(id, user);
  }

  /** End all sessions of a user (admin) */
  @Post(':id/end-sessions')
  @HttpCode(204)
  @ApiNoContentResponse()
  endUserSessions(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.users.endSessions(id, user);
  }

  /** Mail a user a link for a new password (admin) */
  @Post(':id/send-reset')
  @HttpCode(204)
  @ApiNoContentResponse()
  sendUserReset(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.users.sendReset(id, user);
  }

  /** Export all data of a user (admin) */
  @Get(':id/export')
  @Header('content-disposition', 'attachment; filename="account.json"')
  @JsonResponse(AccountExportDto)
  exportUser(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
  ): Promise<Json<AccountExportDto>> {
    return this.users.export(id, user);
  }
}
