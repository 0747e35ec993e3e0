import { Injectable } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { Config } from '../config/config.js';
import type { Mail } from './mail.js';
import { PermanentFailure } from '../jobs/permanent-failure.js';
import { MailboxService } from './mailbox.service.js';

const CONNECT_MS = 5_000;
const SILENCE_MS = 10_000;
const WHOLE_MS = 30_000;

@Injectable()
export class MailerService {
  private transport?: Promise<Transporter>;

  constructor(
    private readonly config: Config,
    private readonly mailbox: MailboxService,
  ) {}

  /**
   * @throws PermanentFailure when the mail server refuses this recipient or this mail for good (5xx, RFC 5321, 4.2.1);
   *   any other error of the server or the connection: the mail may have been sent nevertheless
   */
  async send(mail: Mail, abort: AbortSignal): Promise<void> {
    if (this.config.mailDelivery === 'mailbox') return this.mailbox.keep(mail);
    const { address } = this.config.mailFrom;
    this.transport ??= this.openTransport();
    const sending = (await this.transport).sendMail({
      messageId: `<${mail.id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
      date: mail.date,
      from: this.config.mailFrom,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      headers: {
        'Auto-Submitted': 'auto-generated', // RFC 3834: no out-of-office answers
        ...(mail.unsubscribe && {
          'List-Unsubscribe': `<${mail.unsubscribe}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
      },
    });
    const answered = sending.catch(throwRefusal);
    await Promise.race([answered, givenUp(AbortSignal.any([abort, AbortSignal.timeout(WHOLE_MS)]))]);
  }

  /** Loads nodemailer with the first mail, since many processes never send one. */
  private async openTransport(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      url: this.config.smtpUrl,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}

/** A refusal of the recipient or the mail is final. After one of the sender or the login the mail is sent again. */
function throwRefusal(error: Error & { permanent?: boolean; command?: string; response?: string }): never {
  const isOfThisMail = error.command === 'RCPT TO' || error.command === 'DATA';
  if (error.permanent && isOfThisMail) throw new PermanentFailure(`refused for good: ${error.response}`);
  throw error;
}

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(new Error('The mail server took too long.'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
