import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/config/config.js';
import { servingDataSource } from '../../src/database/data-source.js';
import { Roles, Public } from '../../src/http/access.js';
import { SCHEMA } from '../../src/schema.js';
import { Shop } from '../support/shop.js';

@Controller('unmarked')
class UnmarkedController {
  @Get()
  anything(): string {
    return 'seen';
  }

  @Get('public')
  @Public()
  open(): string {
    return 'seen';
  }

  @Get('admin')
  @Roles('admin')
  narrow(): string {
    return 'seen';
  }
}

/** A route of a module without an access mark. */
describe('A new route', () => {
  let shop: Shop;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    shop = await Shop.open();
    const config = loadConfig({ DATABASE_URL: shop.databaseUrl, DATA_DIR: process.env.TEST_DATA_DIR });
    const dataSource = await servingDataSource(shop.databaseUrl, SCHEMA, 4).initialize();
    const module = await Test.createTestingModule({
      imports: [AppModule.over(config, dataSource)],
      controllers: [UnmarkedController],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  const statusOf = async (url: string, token?: string) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    return (await app.inject({ method: 'GET', url, headers })).statusCode;
  };

  it('is closed to visitors unless it is marked public', async () => {
    expect(await statusOf('/unmarked')).toBe(401);
    expect(await statusOf('/unmarked/public')).toBe(200);
  });

  it('is closed to customers when it is marked for admins', async () => {
    const [customer, admin] = await Promise.all([shop.newCustomer(), shop.admin()]);
    expect(await statusOf('/unmarked/admin')).toBe(401);
    expect(await statusOf('/unmarked/admin', customer.token)).toBe(403);
    expect(await statusOf('/unmarked/admin', admin.token)).toBe(200);
  });
});
