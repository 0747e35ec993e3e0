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

/** A queued mail. Its text, its link and, when only an address is given, its recipient are determined when it is sent. */
export interface MailRequest {
  kind: MailKind;
  userId?: number;
  /** Address of the recipient; without `userId`, address of the account that it is about. */
  email?: string;
  newEmail?: string;
  /** The order that it is about. Without `userId` it is a guest's order, and the guest is the recipient. */
  orderId?: number;
  /** 256 random bits. The link is made from them and the server's key, so that every attempt sends the same link. */
  seed: string;
}

export function mailRequest(kind: MailKind, about: Omit<MailRequest, 'kind' | 'seed'>): MailRequest {
  return { kind, ...about, seed: randomBytes(32).toString('base64url') };
}
