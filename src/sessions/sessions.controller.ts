import { Controller, Delete, Get, Header, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal } from '../http/access.js';
import { type Page, PageOf } from '../http/paging.js';
import { SessionDto } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Auth')
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** List the open sessions of the current user, the last used first */
  @Get()
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: PageOf(SessionDto) })
  listSessions(@CurrentUser() user: Principal): Promise<Page<SessionDto>> {
    return this.sessions.list(user);
  }

  /** End all sessions of the current user except this one */
  @Delete()
  @HttpCode(204)
  @ApiNoContentResponse()
  endOtherSessions(@CurrentUser() user: Principal): Promise<void> {
    return this.sessions.endAllOf(user.id, user.sessionId);
  }

  /** End a session of the current user */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  endSession(@Param('id') id: string, @CurrentUser() user: Principal): Promise<void> {
    return this.sessions.endOwn(id, user);
  }
}
