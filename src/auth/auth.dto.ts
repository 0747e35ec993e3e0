import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { CartMergeDto } from '../cart/cart.dto.js';
import { LENGTHS, Optional } from '../http/fields.js';
import { UserDto } from '../users/users.dto.js';

const MAX_TOKEN_LENGTH = 4096;

export class LoginDto {
  /** Username or e-mail; `email` serves as well. */
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LENGTHS.email)
  @ApiProperty({ example: 'john@example.com' })
  username?: string;

  /** E-mail or username, when there is no `username`. */
  @Optional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LENGTHS.email)
  @ApiProperty({ example: 'john@example.com' })
  email?: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(LENGTHS.password)
  @ApiProperty({ format: 'password', example: 'password123' })
  password!: string;
}

export class RefreshDto {
  /** The refresh token of the last answer. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_TOKEN_LENGTH)
  refresh!: string;
}

export class ValidateTokenDto {
  /** The access token in question. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_TOKEN_LENGTH)
  token!: string;
}

export class TokenPairDto {
  /** Access token (JWT, HS256): goes into `Authorization: Bearer …`. */
  access!: string;

  /** JWT as well: trades for the next pair; good until that pair’s own was traded. */
  refresh!: string;
}

export class SignedInDto extends TokenPairDto {
  /** The same as `access`. */
  token!: string;

  /** The same, as OAuth 2.0 calls it (RFC 6749, section 5.1). */
  access_token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';

  /** Seconds until the access token runs out. */
  @ApiProperty({ type: 'integer', example: 900 })
  expires_in!: number;

  user!: UserDto;

  /** What became of the guest's cart whose `X-Cart-Token` was sent; left out when there is none, or no more. */
  cart_merge?: CartMergeDto;
}

/** What a registration answers beside the tokens, for clients that read the user at the top. */
export class RegisteredDto extends SignedInDto {
  @ApiProperty({ type: 'integer' })
  id!: number;

  @ApiProperty({ example: 'john_doe' })
  username!: string;

  @ApiProperty({ format: 'idn-email', example: 'john.doe@example.com' })
  email!: string;
}

export class ValidTokenDto {
  @ApiProperty({ enum: [true] })
  valid!: true;

  @ApiProperty({ type: 'integer' })
  user_id!: number;

  /** When the token runs out, in seconds since 1970. */
  @ApiProperty({ type: 'integer' })
  exp!: number;
}
