import { ApiProperty } from '@nestjs/swagger';
import { ApiMoney } from '../http/fields.js';
import { OrderChangesDto } from '../orders/orders.dto.js';
import { ORDER_STATUSES, type OrderStatus } from '../orders/order-status.js';
import { MAIL_STATUSES } from './job-status.js';

export class FigureDto {
  @ApiProperty({ type: 'integer', example: 4 })
  count!: number;

  /** False when there are more than `count`. */
  count_exact!: boolean;

  /** The list behind the figure: its model. */
  @ApiProperty({ example: 'orders' })
  model!: string;

  /** The list behind the figure: its query string. */
  @ApiProperty({ example: 'status=paid' })
  query!: string;
}

export class DayDto {
  /** In UTC. */
  @ApiProperty({ type: 'string', format: 'date', example: '2026-11-28' })
  day!: string;

  @ApiProperty({ type: 'integer', example: 12 })
  orders!: number;

  /** Sum of the orders placed that day that are paid, shipped or delivered. */
  @ApiMoney({ example: '312.40' })
  revenue!: string;
}

export class OverviewDto {
  to_ship!: FigureDto;

  low_stock!: FigureDto;

  failed_jobs!: FigureDto;

  failed_mails!: FigureDto;

  /** Pending orders that are cancelled automatically within twelve hours. */
  expiring_orders!: FigureDto;

  /** The last thirty, the oldest first. */
  @ApiProperty({ type: [DayDto] })
  days!: DayDto[];
}

export class MovedProductDto {
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  name!: string;

  @ApiProperty({ type: 'integer', example: -2 })
  delta!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  stock_after!: number;
}

export class TimelineMailDto {
  @ApiProperty({ type: 'integer' })
  id!: number;

  @ApiProperty({ enum: MAIL_STATUSES, enumName: 'MailStatus' })
  status!: string;

  /** The recipient; null while the mail is queued and its recipient not yet looked up. */
  @ApiProperty({ type: 'string', nullable: true, example: 'jane@example.com' })
  email!: string | null;

  /** Null until it is sent. */
  @ApiProperty({ type: 'string', nullable: true, example: 'Your order 12 at Comptoir' })
  subject!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  last_error!: string | null;
}

export class TimelineEventDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at!: string;

  /** `status`: a change of the order; `stock`: units that it moved; `mail`: a mail about it, of the last 90 days. */
  @ApiProperty({ enum: ['status', 'stock', 'mail'], enumName: 'TimelineKind' })
  kind!: 'status' | 'stock' | 'mail';

  @ApiProperty({ example: 'paid' })
  event!: string;

  /** Null: the shop itself. */
  @ApiProperty({ type: 'integer', nullable: true })
  actor_id!: number | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'Jane Doe' })
  actor_name!: string | null;

  /** The role that the actor had then. */
  @ApiProperty({ type: 'string', nullable: true, example: 'admin' })
  actor_role!: string | null;

  /** Changes of the order's fields; null where none changed. */
  @ApiProperty({ type: OrderChangesDto, nullable: true })
  changes!: OrderChangesDto | null;

  /** Products whose stock moved; null for other kinds. */
  @ApiProperty({ type: [MovedProductDto], nullable: true })
  products!: MovedProductDto[] | null;

  @ApiProperty({ type: TimelineMailDto, nullable: true })
  mail!: TimelineMailDto | null;
}

export class TimelineDto {
  /** Statuses that the order can change to now. */
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus', isArray: true })
  next_statuses!: OrderStatus[];

  /** The oldest first. */
  @ApiProperty({ type: [TimelineEventDto] })
  events!: TimelineEventDto[];
}
