import { ApiProperty } from '@nestjs/swagger';
import { ApiMoney } from '../http/fields.js';
import { OrderChangesDto } from '../orders/orders.dto.js';
import { ORDER_STATUSES, type OrderStatus } from '../orders/order-status.js';

export class FigureDto {
  @ApiProperty({ type: 'integer', example: 4 })
  count!: number;

  /** Whether there are not more than that. */
  count_exact!: boolean;

  /** The list behind the figure: a model, and the query of its address. */
  @ApiProperty({ example: 'orders' })
  model!: string;

  @ApiProperty({ example: 'status=paid' })
  query!: string;
}

export class DayDto {
  /** In UTC. */
  @ApiProperty({ type: 'string', format: 'date', example: '2026-11-28' })
  day!: string;

  @ApiProperty({ type: 'integer', example: 12 })
  orders!: number;

  /** Of orders placed that day that are paid, shipped or delivered. */
  @ApiMoney({ example: '312.40' })
  revenue!: string;
}

export class OverviewDto {
  to_ship!: FigureDto;

  low_stock!: FigureDto;

  failed_jobs!: FigureDto;

  failed_mails!: FigureDto;

  /** Pending orders that end by themselves within twelve hours. */
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

export class TimelineEventDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at!: string;

  /** `status`: of the order itself; `stock`: pieces that it moved. */
  @ApiProperty({ enum: ['status', 'stock'], enumName: 'TimelineKind' })
  kind!: 'status' | 'stock';

  @ApiProperty({ example: 'paid' })
  event!: string;

  /** Null: the clock. */
  @ApiProperty({ type: 'integer', nullable: true })
  actor_id!: number | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'Jane Doe' })
  actor_name!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'admin' })
  actor_role!: string | null;

  /** Of the order's fields; null for stock. */
  @ApiProperty({ type: OrderChangesDto, nullable: true })
  changes!: OrderChangesDto | null;

  /** Whose stock moved; null for the order itself. */
  @ApiProperty({ type: [MovedProductDto], nullable: true })
  products!: MovedProductDto[] | null;
}

export class TimelineDto {
  /** What the order can become now. */
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus', isArray: true })
  next_statuses!: OrderStatus[];

  /** The oldest first. */
  @ApiProperty({ type: [TimelineEventDto] })
  events!: TimelineEventDto[];
}
