import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { identifierKey } from '../http/identifier.js';
import { invalidField, Problem } from '../http/problem.js';
import type { LinkAddress } from '../account-tokens/account-tokens.service.js';
import { AccountTokensService } from '../account-tokens/account-tokens.service.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { mailRequest } from '../mail/mail-request.js';
import { GuestOrdersService } from '../orders/guest-orders.service.js';
import { CredentialsService } from '../users/credentials.service.js';
import { UsersService } from '../users/users.service.js';
import { type ChangeEmailDto, type NewPasswordDto, outcome, type OutcomeDto } from './email-actions.dto.js';

/** Actions that a mailed link confirms: verifying and changing an address, resetting a password, unsubscribing. */
@Injectable()
export class EmailActionsService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly accountTokens: AccountTokensService,
    private readonly guestOrders: GuestOrdersService,
    private readonly mails: MailQueueService,
    private readonly database: Database,
  ) {}

  /** Only writes a job: the answer cannot depend on whether the address has an account, nor on a mail server. */
  async requestReset(email: string): Promise<OutcomeDto> {
    await this.mails.add(mailRequest('reset_password', { email }));
    return outcome('mail_on_its_way');
  }

  /** Answers as `requestReset` does, for the same reason. */
  async requestVerification(email: string): Promise<OutcomeDto> {
    await this.mails.add(mailRequest('verify_email', { email }));
    return outcome('mail_on_its_way');
  }

  /**
   * Verifies the address. A second use of the link answers that it is verified already.
   *
   * @param isPreview checks the link without using it
   * @throws Problem 400 `link_invalid`
   */
  async verifyEmail(link: LinkAddress, isPreview: boolean): Promise<OutcomeDto> {
    try {
      await this.accountTokens.check('verify_email', link); // before a user is locked, here and below
      if (isPreview) return outcome('verify_link_valid');
      await this.database.transaction(async (tx) => {
        await this.users.lockForLink(this.accountTokens.ownerOf(link), tx);
        const { user_id, email } = await this.accountTokens.redeem('verify_email', link, tx);
        await this.users.markVerified(user_id, email, tx);
        await this.guestOrders.claim(user_id, tx);
      });
    } catch (error) {
      if (error instanceof Problem && (await this.accountTokens.isVerified(link)))
        return outcome('email_already_verified');
      throw error;
    }
    return outcome('email_verified');
  }

  /** @throws Problem 400 `link_invalid` */
  async checkReset(link: LinkAddress): Promise<OutcomeDto> {
    await this.accountTokens.check('reset_password', link);
    return outcome('reset_link_valid');
  }

  /**
   * Sets a new password, ends every session and link of the user, and mails a notice. The address that the link was
   * sent to is verified by it.
   *
   * @throws Problem 400 `link_invalid`, or naming the field
   */
  async reset(
    link: LinkAddress,
    { new_password, new_password_confirm }: NewPasswordDto,
  ): Promise<OutcomeDto> {
    await this.accountTokens.check('reset_password', link); // before the cost of a hash
    if (new_password_confirm !== undefined && new_password_confirm !== new_password) {
      throw invalidField('new_password_confirm', 'The two passwords are not the same.');
    }
    await this.users.resetPassword(new_password, async (tx) => {
      await this.users.lockForLink(this.accountTokens.ownerOf(link), tx);
      const { user_id: id, email } = await this.accountTokens.redeem('reset_password', link, tx);
      await this.users.markVerified(id, email, tx);
      return { id, email };
    });
    return outcome('password_reset');
  }

  /**
   * Mails a link to the new address, unless another account has it, and a notice to the old one.
   *
   * @throws Problem 400 naming the field: a wrong password, or the address that the user has
   */
  async requestChange({ new_email, password }: ChangeEmailDto, by: Principal): Promise<OutcomeDto> {
    const user = await this.credentials.confirm(by.id, password);
    if (user.email_key === identifierKey(new_email)) {
      throw invalidField('new_email', 'This is the address that the account has.');
    }
    await this.database.transaction(async (tx) => {
      const { id, email, recovery_email } = await this.users.lockProven(user, 'password', tx);
      await this.mails.add(mailRequest('change_email', { userId: id, newEmail: new_email }), tx);
      const notice = { userId: id, email: recovery_email ?? email };
      await this.mails.add(mailRequest('email_change_requested', notice), tx);
    });
    return outcome('confirmation_on_its_way');
  }

  /** @throws Problem 400 `link_invalid` */
  async checkChange(link: LinkAddress): Promise<OutcomeDto> {
    await this.accountTokens.check('change_email', link);
    return outcome('change_link_valid');
  }

  /** @throws Problem 400 `link_invalid`, or naming the address when another account has it by now */
  async confirmChange(link: LinkAddress): Promise<OutcomeDto> {
    await this.accountTokens.check('change_email', link);
    const claim = async (tx: Transaction) => {
      const user = await this.users.lockForLink(this.accountTokens.ownerOf(link), tx);
      const { user_id, new_email } = await this.accountTokens.redeem('change_email', link, tx);
      return { id: user_id, from: user!.recovery_email ?? user!.email, to: new_email! };
    };
    await this.users.changeEmail(claim, (userId, tx) => this.guestOrders.claim(userId, tx));
    return outcome('email_changed');
  }

  /** @throws Problem 400 `link_invalid` */
  checkUnsubscribe(link: LinkAddress): OutcomeDto {
    this.accountTokens.checkUnsubscribe(link);
    return outcome('unsubscribe_link_valid');
  }

  /** Ends mails about favorites; a second call changes nothing. @throws Problem 400 `link_invalid` */
  async endFavoriteMails(link: LinkAddress): Promise<OutcomeDto> {
    await this.users.endFavoriteMails(this.accountTokens.checkUnsubscribe(link));
    return outcome('unsubscribed');
  }

  /** @throws Problem 400 `link_invalid` */
  async checkUndo(link: LinkAddress): Promise<OutcomeDto> {
    await this.accountTokens.checkUndo(link);
    return outcome('undo_link_valid');
  }

  /** Restores the account's earlier address and ends all its sessions. @throws Problem 400 `link_invalid` */
  async undoChange(link: LinkAddress): Promise<OutcomeDto> {
    await this.accountTokens.checkUndo(link);
    await this.users.undoEmailChange(async (tx) => {
      await this.users.lockForLink(this.accountTokens.ownerOf(link), tx);
      const { user_id: id, email } = await this.accountTokens.redeemUndo(link, tx);
      return { id, email };
    });
    return outcome('email_change_undone');
  }
}
