import { randomBytes } from 'node:crypto';

export const MAIL_JOB = 'mail';

export type MailKind =
  | 'verify_email'
  | 'reset_password'
  | 'change_email'
  | 'invitation'
  | 'email_change_requested'
  | 'email_changed'
  | 'password_changed'
  | 'order_expired'
  | 'guest_order_placed'
  | 'guest_order_expired';

/** What the queue knows of a mail. Words, link and, where only an address is known, the reader are found on sending. */
export interface MailRequest {
  kind: MailKind;
  userId?: number;
  /** Who gets it or, without `userId`, whose account it is about. */
  email?: string;
  newEmail?: string;
  /** The order that it is about. A guest's, where there is no `userId`: it knows its reader. */
  orderId?: number;
  /** 256 random bits: with the server's key they make the link, the same one on every attempt. */
  seed: string;
}

export function mailRequest(kind: MailKind, about: Omit<MailRequest, 'kind' | 'seed'>): MailRequest {
  return { kind, ...about, seed: randomBytes(32).toString('base64url') };
}
