import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { Principal } from '../http/access.js';
import { nextStatuses } from '../orders/order-status.js';
import type { OrderDto } from '../orders/orders.dto.js';
import { OrdersService } from '../orders/orders.service.js';
import { ModelsRepository } from './models.repository.js';
import type { FigureDto, OverviewDto, TimelineDto } from './overview.dto.js';
import { OverviewRepository } from './overview.repository.js';
import { readRowsQuery } from './rows-query.js';

const COUNTED_UP_TO = 1_000;
const DAYS = 30;
const SOON_HOURS = 12;

/** The start page of the admin, and the timeline of an order. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly overview: OverviewRepository,
    private readonly models: ModelsRepository,
    private readonly orders: OrdersService,
    private readonly config: Config,
  ) {}

  async overviewNow(): Promise<OverviewDto> {
    const [to_ship, low_stock, failed_jobs, failed_mails, expiring_orders, days] = await Promise.all([
      this.figure('orders', { status: 'paid' }),
      this.figure('products', { low_stock: 'true' }),
      this.figure('jobs', { status: 'failed' }),
      this.figure('mails', { status: 'failed' }),
      this.figure('orders', {
        status: 'pending',
        held: 'false',
        created_at_before: await this.endsSoonWhenPlacedBefore(),
      }),
      this.overview.findDays(DAYS),
    ]);
    return { to_ship, low_stock, failed_jobs, failed_mails, expiring_orders, days };
  }

  /** @throws Problem 404 */
  async timeline(id: number, by: Principal): Promise<TimelineDto> {
    const { status } = JSON.parse(await this.orders.find(id, by)) as OrderDto;
    return { next_statuses: nextStatuses(status), events: await this.overview.findTimeline(id) };
  }

  /** Counts with the query of the list that the figure links to, so that both agree. */
  private async figure(name: string, query: Record<string, string>): Promise<FigureDto> {
    const model = this.models.find(name)!;
    const counted = await this.models.countRows(model, readRowsQuery(model, query), COUNTED_UP_TO);
    return { ...counted, model: name, query: new URLSearchParams(query).toString() };
  }

  /** The epoch, so that no order matches, where pending orders do not expire. */
  private async endsSoonWhenPlacedBefore(): Promise<string> {
    const hours = this.config.orderPendingHours;
    const before = hours === 0 ? new Date(0) : await this.overview.timeBefore(hours - SOON_HOURS);
    return before.toISOString();
  }
}
