import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Transaction } from '../database/database.js';
import { OrderEvent } from './order-event.entity.js';

export type NewOrderEvent = Omit<OrderEvent, 'created_at'>;

@Injectable()
export class OrderHistoryRepository {
  constructor(@InjectRepository(OrderEvent) private readonly events: Repository<OrderEvent>) {}

  async insert(event: NewOrderEvent, tx: Transaction): Promise<void> {
    await tx.getRepository(OrderEvent).insert(event as object);
  }

  /** The oldest first. */
  findOf(orderId: number, tx?: Transaction): Promise<OrderEvent[]> {
    const events = tx?.getRepository(OrderEvent) ?? this.events;
    return events.find({ where: { order_id: orderId }, order: { version: 'ASC' } });
  }
}
