import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ApiValues, LENGTHS } from '../http/fields.js';
import { OrderDto } from '../orders/orders.dto.js';
import { SessionDto } from '../sessions/sessions.dto.js';
import { UserDto } from '../users/users.dto.js';

export class DeleteAccountDto {
  /** The user's current password. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LENGTHS.password)
  @ApiProperty({ format: 'password', example: 'password123' })
  password!: string;
}

export class ExportedSessionDto extends OmitType(SessionDto, ['current', 'device']) {
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  ended_at!: string | null;
}

export class ExportedFavoriteDto {
  @ApiProperty({ type: 'integer', example: 7 })
  product_id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  product_name!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;
}

export class ExportedCartItemDto extends ExportedFavoriteDto {
  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;
}

export class ExportedChangeDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at!: string;

  @ApiProperty({ example: 'update' })
  action!: string;

  /** Only the fields that changed. */
  @ApiValues({ nullable: true, example: { name: 'Jon' } })
  before!: Record<string, unknown> | null;

  @ApiValues({ nullable: true, example: { name: 'John' } })
  after!: Record<string, unknown> | null;
}

export class ExportedMailDto {
  @ApiProperty({ example: 'verify_email' })
  kind!: string;

  @ApiProperty({ type: 'string', format: 'idn-email' })
  email!: string;

  @ApiProperty({ example: 'Confirm your e-mail address' })
  subject!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  sent_at!: string;
}

export class AccountExportDto {
  @ApiProperty({ type: 'string', format: 'date-time' })
  exported_at!: string;

  profile!: UserDto;

  /** Mails about a new password go here while the address of the profile is not confirmed. */
  @ApiProperty({ type: 'string', format: 'idn-email', nullable: true })
  recovery_email!: string | null;

  /** The address that the account is about to have, once its link is followed. */
  @ApiProperty({ type: 'string', format: 'idn-email', nullable: true })
  new_email!: string | null;

  /** Former addresses of the account that are still stored. */
  @ApiProperty({ type: 'array', items: { type: 'string', format: 'idn-email' } })
  earlier_emails!: string[];

  @ApiProperty({ type: [ExportedSessionDto] })
  sessions!: ExportedSessionDto[];

  /** Newest first, including those that the user deleted. */
  @ApiProperty({ type: [OrderDto] })
  orders!: OrderDto[];

  @ApiProperty({ type: [ExportedFavoriteDto] })
  favorites!: ExportedFavoriteDto[];

  @ApiProperty({ type: [ExportedCartItemDto] })
  cart!: ExportedCartItemDto[];

  /** Mails that were sent in the last 90 days, the oldest first. */
  @ApiProperty({ type: [ExportedMailDto] })
  mails!: ExportedMailDto[];

  /** The audit log's entries about the account, the oldest first. */
  @ApiProperty({ type: [ExportedChangeDto] })
  changes!: ExportedChangeDto[];
}
