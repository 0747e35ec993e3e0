import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { AccountTokensService } from '../account-tokens/account-tokens.service.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { type MailJob, MailQueueService } from '../mail/mail-queue.service.js';
import { MailerService } from '../mail/mailer.service.js';
import { fill, money, TemplatesService } from '../mail/templates.service.js';
import { UsersService } from '../users/users.service.js';
import { type FavoriteNews, FavoritesRepository } from './favorites.repository.js';

interface FavoritesMail {
  userId: number;
  news: FavoriteNews[];
  seed: string;
}

const JOB = 'favorites mail';
/** News that could not be sent for so long is dropped (PostgreSQL interval). */
const NEWS_FOR = '2 days';

/** Least time between two mails to a user (PostgreSQL interval). */
const ONCE_IN = '1 day';
const BATCH_SIZE = 200;

/** Mails users about favorites that are in stock again, or cheaper than when they were added. */
@Injectable()
export class FavoriteMailsService {
  constructor(
    private readonly favorites: FavoritesRepository,
    private readonly users: UsersService,
    private readonly accountTokens: AccountTokensService,
    private readonly queue: MailQueueService,
    private readonly templates: TemplatesService,
    private readonly mailer: MailerService,
    private readonly database: Database,
    private readonly config: Config,
  ) {
    this.queue.handle(JOB, (mail: FavoritesMail, job, abort) => this.send(mail, job, abort));
  }

  /** Queues a mail for each user with news and without such a mail for a day, and marks the news as sent. */
  async queueNews(): Promise<void> {
    for (let count = BATCH_SIZE; count === BATCH_SIZE;) {
      count = await this.database.transaction(async (tx) => {
        const taken = await this.favorites.takeNews(NEWS_FOR, ONCE_IN, BATCH_SIZE, tx);
        for (const { userId, news } of taken) {
          const mail: FavoritesMail = { userId, news, seed: randomBytes(32).toString('base64url') };
          await this.queue.addJob(JOB, mail, tx);
        }
        return taken.length;
      });
    }
  }

  /** Names and prices are those at the time of sending. News that is not true any more is left out. */
  private async send({ userId, news, seed }: FavoritesMail, job: MailJob, abort: AbortSignal) {
    const user = (await this.favorites.wantsNews(userId)) ? await this.users.findById(userId) : null;
    if (!user) return undefined;
    const products = await this.favorites.findStillTrue(news);
    if (products.length === 0) return undefined;

    const { language } = user;
    const words = await this.templates.words(language);
    const { subject, lines, ...message } = words.mails.favorites_news!;
    const newsLines = products.map(({ name, price, before }) => {
      const values = {
        name,
        price: money(price, language, words),
        before: money(before ?? price, language, words),
      };
      return fill(before ? words.favorites.cheaper : words.favorites.back, values);
    });
    const unsubscribe = this.accountTokens.unsubscribeLinks(userId);
    const values = {
      language,
      words,
      subject,
      message: { ...message, lines: [...lines, ...newsLines] },
      link: `${this.config.shopUrl}/favorites`,
      unsubscribe: unsubscribe.page,
    };
    await this.mailer.send(
      {
        id: `mail-${job.id}-${createHash('sha256').update(seed).digest('hex').slice(0, 16)}`,
        date: job.createdAt,
        to: user.email,
        subject,
        text: await this.templates.text('mail', values),
        html: await this.templates.html('mail', values),
        unsubscribe: unsubscribe.post,
      },
      abort,
    );
    return { kind: 'favorites_news', userId, to: user.email, subject };
  }
}
