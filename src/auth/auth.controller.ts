import { Body, Controller, Header, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { MergesCart, Client, type ClientInfo, CurrentUser, type Principal, Public } from '../http/access.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { CredentialsGuard, RefundOnSuccess } from '../rate-limit/credentials.guard.js';
import { accountNamedBy } from '../rate-limit/trackers.js';
import { RegisterDto } from '../users/users.dto.js';
import {
  LoginDto,
  RefreshDto,
  RegisteredDto,
  SignedInDto,
  TokenPairDto,
  ValidateTokenDto,
  ValidTokenDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';

@ApiTags('Auth')
@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  /** Create an account and sign in */
  @Post('register')
  @Public()
  @UseGuards(CredentialsGuard)
  @Throttle({ account: { limit: 10, getTracker: accountNamedBy('username') }, address: { limit: 60 } })
  @Header('cache-control', 'no-store')
  @MergesCart()
  @AcceptsIdempotencyKey('signs in to the account that the first request made')
  @ApiCreatedResponse({ type: RegisteredDto })
  register(
    @Body() account: RegisterDto,
    @Client() client: ClientInfo,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<RegisteredDto> {
    return this.auth.register(account, client, request);
  }

  /** Sign in with a username or an e-mail */
  @Post('login')
  @Public()
  @UseGuards(CredentialsGuard)
  @SkipThrottle({ account: true }) // LoginThrottle counts it, whichever of its names was sent
  @Throttle({ address: { limit: 100 } })
  @UseInterceptors(RefundOnSuccess)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @MergesCart()
  @ApiOkResponse({ type: SignedInDto })
  signIn(@Body() credentials: LoginDto, @Client() client: ClientInfo): Promise<SignedInDto> {
    return this.auth.login(credentials, client);
  }

  /** Trade a refresh token for a new pair */
  @Post('token/refresh')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: TokenPairDto })
  refreshTokens(@Body() { refresh }: RefreshDto): Promise<TokenPairDto> {
    return this.auth.refresh(refresh);
  }

  /** End this session: its tokens are refused from now on */
  @Post('logout')
  @HttpCode(204)
  @ApiNoContentResponse()
  signOut(@CurrentUser() user: Principal): Promise<void> {
    return this.auth.logout(user);
  }

  /** Check an access token */
  @Post('validate_token')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: ValidTokenDto })
  validateToken(@Body() { token }: ValidateTokenDto): Promise<ValidTokenDto> {
    return this.auth.validate(token);
  }
}
