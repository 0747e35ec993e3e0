import { Body, Controller, Delete, Get, Header, HttpCode, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { CurrentUser, type Principal } from '../http/access.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import { CredentialsGuard } from '../rate-limit/credentials.guard.js';
import { signedInAccount } from '../rate-limit/trackers.js';
import { AccountExportDto, DeleteAccountDto } from './account.dto.js';
import { AccountService } from './account.service.js';

@ApiTags('Users')
@Controller('users/me')
export class AccountController {
  constructor(private readonly account: AccountService) {}

  /** Take out everything that the shop knows about oneself */
  @Get('export')
  @Header('cache-control', 'no-store')
  @Header('content-disposition', 'attachment; filename="account.json"')
  @JsonResponse(AccountExportDto)
  export(@CurrentUser() user: Principal): Promise<Json<AccountExportDto>> {
    return this.account.export(user.id);
  }

  /** Delete one's own account: the person is erased, the orders stay for the books */
  @Delete()
  @UseGuards(CredentialsGuard)
  @Throttle({ account: { limit: 5, getTracker: signedInAccount }, address: { limit: 30 } })
  @HttpCode(204)
  @ApiNoContentResponse()
  erase(@Body() { password }: DeleteAccountDto, @CurrentUser() user: Principal): Promise<void> {
    return this.account.erase(user.id, password);
  }
}
