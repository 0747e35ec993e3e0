import { Body, Controller, Delete, Get, Header, HttpCode, Param, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import { AcceptsIfMatch, IfMatch, type Precondition } from '../http/preconditions.js';
import { CredentialsGuard } from '../rate-limit/credentials.guard.js';
import { signedInAccount } from '../rate-limit/trackers.js';
import { AccountExportDto, DeleteAccountDto } from './account.dto.js';
import { AccountService } from './account.service.js';

@ApiTags('Users')
@Controller('users')
export class AccountController {
  constructor(private readonly account: AccountService) {}

  /** Export all data of the current user */
  @Get('me/export')
  @Header('cache-control', 'no-store')
  @Header('content-disposition', 'attachment; filename="account.json"')
  @JsonResponse(AccountExportDto)
  exportMe(@CurrentUser() user: Principal): Promise<Json<AccountExportDto>> {
    return this.account.export(user.id);
  }

  /** Delete the current user: the person is erased, the orders stay for accounting */
  @Delete('me')
  @UseGuards(CredentialsGuard)
  @Throttle({ account: { limit: 5, getTracker: signedInAccount }, address: { limit: 30 } })
  @HttpCode(204)
  @ApiNoContentResponse()
  deleteMe(@Body() { password }: DeleteAccountDto, @CurrentUser() user: Principal): Promise<void> {
    return this.account.eraseOwn(password, user);
  }

  /** Delete a user: the person is erased, the orders stay for accounting (admin) */
  @Delete(':id')
  @Roles('admin')
  @AcceptsIfMatch()
  @HttpCode(204)
  @ApiParam({ name: 'id', type: 'integer' })
  @ApiNoContentResponse()
  deleteUser(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.account.erase(id, user, precondition);
  }
}
