import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { ApiMoney, LENGTHS } from '../http/fields.js';
import { type Language, LANGUAGES } from '../http/language.js';
import { GENDERS } from '../users/users.dto.js';

const TIMESTAMP = { format: 'date-time', example: '2024-01-01T00:00:00.000000Z' };
const PASSWORD = {
  format: 'password',
  minLength: LENGTHS.leastPassword,
  maxLength: LENGTHS.password,
} as const;
const ADDRESS = { type: 'string', nullable: true, example: '123 Rue de la Paix, 75001 Paris' } as const;

/** The fields that registration and profile share. `rules.ts` validates them, with Laravel's messages. */
class V1PersonDto {
  @Allow()
  @ApiProperty({ maxLength: LENGTHS.name, example: 'John Doe' })
  name!: string;

  @Allow()
  @ApiProperty({ format: 'idn-email', maxLength: LENGTHS.email, example: 'john.doe@example.com' })
  email!: string;

  @Allow()
  @ApiProperty({ type: 'string', nullable: true, example: '0123456789' })
  phone?: string | null;

  @Allow()
  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '1990-01-01' })
  birth_date?: string | null;

  @Allow()
  @ApiProperty({ type: 'string', nullable: true, enum: GENDERS, enumName: 'Gender', example: 'male' })
  gender?: string | null;

  @Allow()
  newsletter_subscription?: boolean;

  @Allow()
  @ApiProperty({ enum: LANGUAGES, enumName: 'Language', example: 'fr' })
  language?: Language;
}

export class V1RegisterDto extends V1PersonDto {
  @Allow()
  @ApiProperty({ ...PASSWORD, example: 'Password123!' })
  password!: string;

  @Allow()
  @ApiProperty({ format: 'password', example: 'Password123!' })
  password_confirmation!: string;
}

export class V1LoginDto {
  @Allow()
  @ApiProperty({ example: 'john@example.com' })
  email!: string;

  @Allow()
  @ApiProperty({ format: 'password', example: 'password123' })
  password!: string;
}

/** Fields that are left out stay as they are. */
export class V1ProfileDto extends PartialType(V1PersonDto) {
  /** The `version` that was read: fields that are sent back as they were then stay as they are now. */
  @Allow()
  @ApiProperty({ type: 'string', nullable: true })
  version?: string | null;

  @Allow()
  @ApiProperty(ADDRESS)
  shipping_address?: string | null;

  @Allow()
  @ApiProperty(ADDRESS)
  billing_address?: string | null;
}

export class V1ChangePasswordDto {
  @Allow()
  @ApiProperty({ format: 'password', example: 'Password123!' })
  current_password!: string;

  @Allow()
  @ApiProperty({ ...PASSWORD, example: 'NewPassword123!' })
  password!: string;

  @Allow()
  @ApiProperty({ format: 'password', example: 'NewPassword123!' })
  password_confirmation!: string;
}

/** The user after a registration and a login. */
export class V1UserDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id!: number;

  @ApiProperty({ example: 'John Doe' })
  name!: string;

  @ApiProperty({ example: 'john@example.com' })
  email!: string;

  @ApiProperty({ type: 'string', nullable: true, example: '0123456789' })
  phone!: string | null;

  @ApiProperty({ type: 'string', format: 'date', nullable: true, example: '1990-01-01' })
  birth_date!: string | null;

  @ApiProperty({ type: 'string', nullable: true, enum: GENDERS, enumName: 'Gender', example: 'male' })
  gender!: string | null;

  newsletter_subscription!: boolean;

  /** Version of the profile. A client that sends it with its changes does not overwrite what others changed since. */
  @ApiProperty({ example: '5f3a0c19'.repeat(12) })
  version!: string;

  @ApiProperty(TIMESTAMP)
  created_at!: string;

  @ApiProperty(TIMESTAMP)
  updated_at!: string;
}

/** The user after a change of its profile. */
export class V1ProfileUserDto extends V1UserDto {
  @ApiProperty(ADDRESS)
  shipping_address!: string | null;

  @ApiProperty(ADDRESS)
  billing_address!: string | null;
}

/** The user with what it bought. */
class V1FullUserDto extends V1ProfileUserDto {
  /** Sum of paid, shipped and delivered orders. */
  @ApiMoney({ example: '1250.50' })
  total_spent!: string;

  @ApiProperty({ type: 'integer', example: 5 })
  orders_count!: number;

  @ApiProperty({ ...TIMESTAMP, type: 'string', nullable: true })
  last_order_at!: string | null;
}

class V1StatsDto {
  @ApiProperty({ type: 'integer', example: 5 })
  orders_count!: number;

  @ApiProperty({ example: '1,250.50 €' })
  total_spent!: string;

  has_orders!: boolean;

  newsletter_subscribed!: boolean;
}

class V1TokenDto {
  @ApiProperty({ description: 'Goes into `Authorization: Bearer …`; good for seven days.' })
  token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';
}

class V1SignedInDataDto extends V1TokenDto {
  user!: V1UserDto;
}

class V1ProfileDataDto {
  user!: V1ProfileUserDto;
}

class V1AccountDataDto {
  user!: V1FullUserDto;
  stats!: V1StatsDto;
}

class V1SuccessDto {
  @ApiProperty({ enum: [true] })
  success!: true;
}

export class V1DoneDto extends V1SuccessDto {
  @ApiProperty({ example: 'Logged out successfully' })
  message!: string;
}

export class V1SignedInDto extends V1DoneDto {
  data!: V1SignedInDataDto;
}

export class V1RefreshedDto extends V1DoneDto {
  data!: V1TokenDto;
}

export class V1ProfileUpdatedDto extends V1DoneDto {
  data!: V1ProfileDataDto;
}

export class V1AccountDto extends V1SuccessDto {
  data!: V1AccountDataDto;
}
