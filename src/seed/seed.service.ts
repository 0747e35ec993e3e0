import { Injectable, Logger } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from '../config/config-error.js';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { CreateProductDto } from '../products/products.dto.js';
import { withoutHurry } from '../database/pooler.js';
import { Problem } from '../http/problem.js';
import { MediaService } from '../media/media.service.js';
import { ProductsService } from '../products/products.service.js';
import type { CreateUserDto } from '../users/users.dto.js';
import { CredentialsService } from '../users/credentials.service.js';
import { UsersService } from '../users/users.service.js';
import { DEMO_PASSWORD } from './demo-password.js';

const FIRST_START_LOCK = 0x66697273; // "firs"
const DEMO = path.resolve(import.meta.dirname, '../../../demo');

/** The demo's pictures, encoded in advance by `npm run demo:pictures`, so that a first start need not encode them. */
const ENCODED = path.join(DEMO, 'pictures/encoded');

const DEMO_USERS: CreateUserDto[] = [
  {
    username: 'admin',
    email: 'admin@example.com',
    name: 'Ada Admin',
    role: 'admin',
    password: DEMO_PASSWORD,
  },
  {
    username: 'john',
    email: 'john@example.com',
    name: 'John Doe',
    password: DEMO_PASSWORD,
    phone: '0123456789',
    birth_date: '1990-01-01',
    gender: 'male',
    shipping_address: '123 Rue de la Paix, 75001 Paris',
    billing_address: '123 Rue de la Paix, 75001 Paris',
    newsletter_subscription: true,
  },
  { username: 'jane', email: 'jane@example.com', name: 'Jane Doe', password: DEMO_PASSWORD },
];

interface DemoCatalogue {
  categories: { name: string; slug: string }[];
  products: (CreateProductDto & { category: string; pictures: string[] })[];
}

type DemoPictures = Record<string, Parameters<MediaService['addEncoded']>[0]>;

/** Fills an empty database with the demo shop, and creates the first admin. */
@Injectable()
export class SeedService {
  private readonly logger = new Logger(SeedService.name);

  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly products: ProductsService,
    private readonly media: MediaService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Safe to call from several processes at once: one of them does the work, the others wait for it. */
  async prepare(): Promise<void> {
    while (!(await this.database.transaction((tx) => this.prepareUnderLock(tx)))) await pause(100);
    if (this.config.demo) await this.restorePictures();
    const { firstAdmin } = this.config;
    if (firstAdmin) await this.warnOfUnusedPassword(firstAdmin.email, firstAdmin.password);
  }

  /** `prepare` sets ADMIN_PASSWORD for a first admin only. Warns when the account has another password. */
  private async warnOfUnusedPassword(email: string, password: string): Promise<void> {
    if (await this.credentials.hasPassword(email, password)) return;
    this.logger.warn(
      'ADMIN_PASSWORD was not used: there is an admin already. `npm run admin -- reset EMAIL` makes a new password.',
    );
  }

  /** @returns false while another process has the lock */
  private async prepareUnderLock(tx: Transaction): Promise<boolean> {
    const lock = await this.database.queryOne<{ taken: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS taken',
      [FIRST_START_LOCK],
      tx,
    );
    if (!lock?.taken) return false;
    await withoutHurry(tx); // it waits for pictures and hashes, on a busy machine for long
    if (this.config.demo && !(await this.users.anyExists(tx))) await this.fillDemoShop(tx);
    if (this.config.firstAdmin && !(await this.users.anyAdminExists(tx))) {
      await this.createFirstAdmin(this.config.firstAdmin, tx);
    }
    return true;
  }

  private async fillDemoShop(tx: Transaction): Promise<void> {
    const catalogue = await readJson<DemoCatalogue>('catalogue.json');
    const encoded = await readJson<DemoPictures>('pictures/encoded.json');
    for (const picture of Object.values(encoded)) await this.media.addEncoded(picture, ENCODED);
    const names = new Map(catalogue.categories.map(({ slug, name }) => [slug, name]));
    for (const { category, pictures, ...product } of catalogue.products) {
      const images = pictures.map((name) => ({ hash: encoded[name]!.hash, alt: product.name }));
      await this.products.add({ ...product, category: names.get(category)! }, { images }, {}, tx);
    }
    for (const user of DEMO_USERS) await this.users.addVerified(user, tx);
  }

  private async createFirstAdmin(
    account: { email: string; password: string },
    tx: Transaction,
  ): Promise<void> {
    try {
      await this.users.addVerified({ ...account, username: account.email, role: 'admin' }, tx);
    } catch (error) {
      if (error instanceof Problem)
        throw new ConfigError(`ADMIN_EMAIL: no admin can be made (${error.message})`);
      throw error;
    }
  }

  /** Stores the demo's pictures again when `DATA_DIR` was deleted but the database was not. */
  private async restorePictures(): Promise<void> {
    if (this.config.mediaBucket) return;
    const pictures = await readJson<DemoPictures>('pictures/encoded.json');
    // One after another: each concurrent one would open a connection.
    for (const picture of Object.values(pictures)) {
      if (!(await this.media.has(picture))) await this.media.addEncoded(picture, ENCODED);
    }
  }
}

async function readJson<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(path.join(DEMO, name), 'utf8')) as Content;
}
