import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { CartMergeDto } from '../cart/cart.dto.js';
import { EmptyAsMissing, LENGTHS } from '../http/fields.js';
import { UserDto } from '../users/users.dto.js';

const MAX_TOKEN_LENGTH = 4096;

export class LoginDto {
  /** Username or e-mail; `email` serves as well. */
  @EmptyAsMissing()
  @IsString()
  @MaxLength(LENGTHS.email)
  @ApiProperty({ example: 'john@example.com' })
  username?: string;

  /** E-mail or username, when there is no `username`. */
  @EmptyAsMissing()
  @IsString()
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
  /** The refresh token of the last response. */
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

  /** JWT as well: is exchanged for the next pair; valid until the refresh token of that pair is used. */
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

  /** The result of merging the guest's cart of `X-Cart-Token`; left out when there is no such cart. */
  cart_merge?: CartMergeDto;
}

/** The user's fields beside the tokens, for clients that expect them at the top level. */
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
