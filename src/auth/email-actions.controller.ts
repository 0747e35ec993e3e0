import { Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { CurrentUser, type Principal, Public } from '../http/access.js';
import { Preview } from '../http/preview.js';
import { FromOwnPage } from '../http/form-body.js';
import { CredentialsGuard } from '../rate-limit/credentials.guard.js';
import { accountNamedBy, signedInAccount } from '../rate-limit/trackers.js';
import { LinkParams, LinkRoute } from './link-route.js';
import { ChangeEmailDto, EmailDto, NewPasswordDto, OutcomeDto } from './email-actions.dto.js';
import { EmailActionsService } from './email-actions.service.js';

@ApiTags('Auth')
@Controller('auth')
@UseGuards(CredentialsGuard)
export class EmailActionsController {
  constructor(private readonly emailActions: EmailActionsService) {}

  /** Mail a link that verifies the address once more */
  @Post('resend-verification')
  @Public()
  @Throttle({ account: { limit: 5, getTracker: accountNamedBy('email') }, address: { limit: 30 } })
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: OutcomeDto })
  resendVerification(@Body() { email }: EmailDto): Promise<OutcomeDto> {
    return this.emailActions.requestVerification(email);
  }

  /** Verify an e-mail address by the link of a mail */
  @Get('verify-email/:uidb64/:token')
  @Public()
  @LinkRoute()
  verifyEmail(@Param() link: LinkParams, @Preview() isPreview: boolean): Promise<OutcomeDto> {
    return this.emailActions.verifyEmail(link, isPreview);
  }

  /** Mail a link that resets the password; the response is the same for an address without an account */
  @Post('reset_password')
  @Public()
  @Throttle({ account: { limit: 5, getTracker: accountNamedBy('email') }, address: { limit: 30 } })
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: OutcomeDto })
  requestPasswordReset(@Body() { email }: EmailDto): Promise<OutcomeDto> {
    return this.emailActions.requestReset(email);
  }

  /** Check a reset link; a browser gets the form for the new password */
  @Get('password_reset_confirm/:uidb64/:token')
  @Public()
  @LinkRoute('reset')
  checkPasswordReset(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.checkReset(link);
  }

  /** Set a new password by a reset link; every session ends */
  @Post('password_reset_confirm/:uidb64/:token')
  @Public()
  @FromOwnPage()
  @LinkRoute('reset')
  @HttpCode(200)
  resetPassword(@Param() link: LinkParams, @Body() password: NewPasswordDto): Promise<OutcomeDto> {
    return this.emailActions.reset(link, password);
  }

  /** Request another e-mail address; a link sent to it confirms the change */
  @Post('change-email')
  @Throttle({ account: { limit: 5, getTracker: signedInAccount }, address: { limit: 30 } })
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: OutcomeDto })
  requestEmailChange(@Body() change: ChangeEmailDto, @CurrentUser() user: Principal): Promise<OutcomeDto> {
    return this.emailActions.requestChange(change, user);
  }

  /** Check a link to a new address; a browser gets the button that confirms it */
  @Get('confirm-email/:uidb64/:token')
  @Public()
  @LinkRoute('confirm')
  checkEmailChange(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.checkChange(link);
  }

  /** Confirm a new e-mail address */
  @Post('confirm-email/:uidb64/:token')
  @Public()
  @FromOwnPage()
  @LinkRoute('confirm')
  @HttpCode(200)
  confirmEmailChange(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.confirmChange(link);
  }

  /** Check a link that undoes a change of address; a browser gets the button that undoes it */
  @Get('undo-email-change/:uidb64/:token')
  @Public()
  @LinkRoute('confirm')
  checkEmailChangeUndo(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.checkUndo(link);
  }

  /** Restore an account's earlier address; every session ends */
  @Post('undo-email-change/:uidb64/:token')
  @Public()
  @FromOwnPage()
  @LinkRoute('confirm')
  @HttpCode(200)
  undoEmailChange(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.undoChange(link);
  }

  /** Check a link that ends mails about favorites; a browser gets the button that ends them */
  @Get('unsubscribe/:uidb64/:token')
  @Public()
  @LinkRoute('confirm')
  checkUnsubscribe(@Param() link: LinkParams): OutcomeDto {
    return this.emailActions.checkUnsubscribe(link);
  }

  /** End mails about favorites, also by the one click of a mail program (RFC 8058) */
  @Post('unsubscribe/:uidb64/:token')
  @Public()
  @LinkRoute('confirm')
  @HttpCode(200)
  endFavoriteMails(@Param() link: LinkParams): Promise<OutcomeDto> {
    return this.emailActions.endFavoriteMails(link);
  }
}
