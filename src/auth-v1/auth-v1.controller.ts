import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Post,
  Put,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { Client, type ClientInfo, CurrentUser, type Principal, Public } from '../http/access.js';
import { AcceptsIfMatch, IfMatch, type Precondition } from '../http/preconditions.js';
import { NamedInBody } from '../http/method-override.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { CredentialsGuard, RefundOnSuccess } from '../rate-limit/credentials.guard.js';
import { accountNamedBy } from '../rate-limit/trackers.js';
import {
  V1AccountDto,
  V1ChangePasswordDto,
  V1DoneDto,
  V1LoginDto,
  V1ProfileDto,
  V1ProfileUpdatedDto,
  V1RefreshedDto,
  V1RegisterDto,
  V1SignedInDto,
} from './auth-v1.dto.js';
import { AuthV1Service } from './auth-v1.service.js';

@ApiTags('Auth v1')
@Controller('v1/auth')
export class AuthV1Controller {
  constructor(private readonly accounts: AuthV1Service) {}

  /** Create an account and sign in */
  @Post('register')
  @Public()
  @UseGuards(CredentialsGuard)
  @Throttle({ account: { limit: 10, getTracker: accountNamedBy('email') }, address: { limit: 60 } })
  @Header('cache-control', 'no-store')
  @AcceptsIdempotencyKey('signs in to the account that the first request made')
  @ApiCreatedResponse({ type: V1SignedInDto })
  register(
    @Body() account: V1RegisterDto,
    @Client() client: ClientInfo,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<V1SignedInDto> {
    return this.accounts.register(account, client, request);
  }

  /** Sign in */
  @Post('login')
  @Public()
  @UseGuards(CredentialsGuard)
  @SkipThrottle({ account: true }) // LoginThrottle counts it, whichever of its names was sent
  @Throttle({ address: { limit: 100 } })
  @UseInterceptors(RefundOnSuccess)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: V1SignedInDto })
  signIn(@Body() credentials: V1LoginDto, @Client() client: ClientInfo): Promise<V1SignedInDto> {
    return this.accounts.login(credentials, client);
  }

  /** End this session: its token is refused from now on */
  @Post('logout')
  @HttpCode(200)
  @ApiOkResponse({ type: V1DoneDto })
  signOut(@CurrentUser() user: Principal): Promise<V1DoneDto> {
    return this.accounts.logout(user);
  }

  /** Read the current user, with statistics of the orders */
  @Get('user')
  @ApiOkResponse({ type: V1AccountDto })
  getMe(@CurrentUser() user: Principal): Promise<V1AccountDto> {
    return this.accounts.account(user);
  }

  /** Change one's profile; what is left out stays */
  @Put('profile')
  @AcceptsIfMatch('GET /api/users/me')
  @ApiOkResponse({ type: V1ProfileUpdatedDto })
  updateProfile(
    @Body() changes: V1ProfileDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<V1ProfileUpdatedDto> {
    return this.accounts.updateProfile(changes, user, precondition);
  }

  /** Update the profile by a form, which cannot send PUT */
  @Post('profile')
  @NamedInBody('PUT')
  @AcceptsIfMatch('GET /api/users/me')
  @HttpCode(200)
  updateProfileByForm(
    @Body() changes: V1ProfileDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<V1ProfileUpdatedDto> {
    return this.accounts.updateProfile(changes, user, precondition);
  }

  /** Change one's password; other sessions end */
  @Post('change-password')
  @HttpCode(200)
  @ApiOkResponse({ type: V1DoneDto })
  changePassword(@Body() passwords: V1ChangePasswordDto, @CurrentUser() user: Principal): Promise<V1DoneDto> {
    return this.accounts.changePassword(passwords, user);
  }

  /** Trade this token for a new one */
  @Post('refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: V1RefreshedDto })
  refreshToken(@CurrentUser() user: Principal, @Client() client: ClientInfo): Promise<V1RefreshedDto> {
    return this.accounts.refresh(user, client);
  }
}
