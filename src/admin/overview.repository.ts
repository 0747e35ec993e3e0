import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { DayDto, TimelineEventDto } from './overview.dto.js';
import { ORDER_TIMELINE } from './order-timeline.sql.js';
import { SALES_BY_DAY } from './sales-by-day.sql.js';

@Injectable()
export class OverviewRepository {
  constructor(private readonly database: Database) {}

  /** The last days, the oldest first, today included. */
  findDays(days: number): Promise<DayDto[]> {
    return this.database.query<DayDto>(SALES_BY_DAY, [days]);
  }

  /** The time `hours` ago, by the database's clock. */
  async timeBefore(hours: number): Promise<Date> {
    const row = await this.database.queryOne<{ time: Date }>(
      'SELECT now() - make_interval(hours => $1) AS time',
      [hours],
    );
    return row!.time;
  }

  /** The oldest first; none for an unknown order. */
  findTimeline(orderId: number): Promise<TimelineEventDto[]> {
    return this.database.query<TimelineEventDto>(ORDER_TIMELINE, [orderId]);
  }
}
