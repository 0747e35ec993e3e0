import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { AccountTokensService } from '../account-tokens/account-tokens.service.js';
import type { Language } from '../http/language.js';
import { MailQueueService, type MailJob } from '../mail/mail-queue.service.js';
import type { MailKind, MailRequest } from '../mail/mail-request.js';
import { MailerService } from '../mail/mailer.service.js';
import { TemplatesService } from '../mail/templates.service.js';
import { GuestOrdersService } from '../orders/guest-orders.service.js';
import { type User, UsersService } from '../users/users.service.js';

/** PostgreSQL interval. The texts in `templates/` name it as well. */
const INVITATION_LIFETIME = '14 days';

interface Letter {
  to: string;
  link?: string;
}

interface Addressed extends Letter {
  kind: MailKind;
  language: Language;
  /** Undefined for a guest. */
  userId?: number;
}

/**
 * Sends the mails of the queue. A mail never contains text that a user wrote, so that the shop cannot be abused to send
 * messages to strangers.
 */
@Injectable()
export class AccountMailsService implements OnModuleInit {
  constructor(
    private readonly queue: MailQueueService,
    private readonly users: UsersService,
    private readonly accountTokens: AccountTokensService,
    private readonly guestOrders: GuestOrdersService,
    private readonly templates: TemplatesService,
    private readonly mailer: MailerService,
  ) {}

  onModuleInit(): void {
    this.queue.deliverWith((mail, job, abort) => this.send(mail, job, abort));
  }

  /** @returns undefined when nothing is sent: the account was deleted, or the mail is not needed any more */
  private async send(mail: MailRequest, job: MailJob, abort: AbortSignal) {
    const isGuests = mail.orderId !== undefined && mail.userId === undefined;
    const addressed = isGuests
      ? await this.addressGuest(mail, job.createdAt)
      : await this.addressUser(mail, job.createdAt);
    if (!addressed) return undefined;

    const { kind, language, link, to, userId } = addressed;
    const words = await this.templates.words(language, { order: String(mail.orderId ?? '') });
    const { subject, ...message } = words.mails[kind]!;
    const values = { language, words, subject, message, link };
    await this.mailer.send(
      {
        id: `mail-${job.id}-${createHash('sha256').update(mail.seed).digest('hex').slice(0, 16)}`,
        date: job.createdAt,
        to,
        subject,
        text: await this.templates.text('mail', values),
        html: await this.templates.html('mail', values),
      },
      abort,
    );
    return { kind, userId, orderId: mail.orderId, to, subject };
  }

  /** The guest or, when an account has taken the order over since, its owner: that the order expired is told to either. */
  private async addressGuest(mail: MailRequest, requestedAt: Date): Promise<Addressed | undefined> {
    const { kind } = mail;
    const reader = await this.guestOrders.readerOf(mail.orderId!);
    if (reader) return { kind, to: reader.email, language: reader.language, link: reader.link };
    if (kind !== 'guest_order_expired') return undefined;
    const userId = await this.guestOrders.ownerOf(mail.orderId!);
    return userId === null
      ? undefined
      : this.addressUser({ ...mail, kind: 'order_expired', userId }, requestedAt);
  }

  private async addressUser(mail: MailRequest, requestedAt: Date): Promise<Addressed | undefined> {
    const user = await this.readerOf(mail);
    const addressed = user && (await this.address(mail, user, requestedAt));
    return addressed
      ? { kind: mail.kind, language: user.language, userId: user.id, ...addressed }
      : undefined;
  }

  private readerOf({ kind, userId, email }: MailRequest): Promise<User | null> {
    if (userId) return this.users.findById(userId);
    return kind === 'reset_password' ? this.users.findForReset(email!) : this.users.findByEmail(email!);
  }

  private async address(mail: MailRequest, user: User, requestedAt: Date): Promise<Letter | undefined> {
    const request = { userId: user.id, email: user.email, seed: mail.seed, requestedAt };
    switch (mail.kind) {
      case 'verify_email': {
        const link = user.email_verified_at ? undefined : await this.accountTokens.issue(mail.kind, request);
        return link ? { to: user.email, link } : undefined;
      }
      case 'reset_password': {
        const email = user.recovery_email ?? user.email;
        const link = await this.accountTokens.issue(mail.kind, { ...request, email });
        return link ? { to: email, link } : undefined;
      }
      case 'email_changed':
        return { to: mail.email!, link: await this.accountTokens.undoLink(user.id, mail.seed) };
      case 'invitation': {
        const link = await this.accountTokens.issue('reset_password', request, INVITATION_LIFETIME);
        return link ? { to: user.email, link } : undefined;
      }
      case 'change_email': {
        if (await this.users.findByEmail(mail.newEmail!)) return undefined;
        const link = await this.accountTokens.issue(mail.kind, { ...request, newEmail: mail.newEmail! });
        return link ? { to: mail.newEmail!, link } : undefined;
      }
      default:
        return { to: mail.email ?? user.email };
    }
  }
}
