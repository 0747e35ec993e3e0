export interface Mail {
  /** The same on every attempt, so that a recipient's server can drop a second copy. */
  id: string;
  date: Date;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** URL where one POST ends mails of this kind (RFC 8058). */
  unsubscribe?: string;
}
