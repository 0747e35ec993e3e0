import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { Email, LENGTHS, NewPassword, Optional } from '../http/fields.js';

export class EmailDto {
  /** The address of the account. */
  @Email()
  @ApiProperty({ example: 'john@example.com' })
  email!: string;
}

export class NewPasswordDto {
  @NewPassword()
  @ApiProperty({ example: 'correct horse' })
  new_password!: string;

  /** The same again, as the page's form sends it. */
  @Optional()
  @IsString()
  @ApiProperty({ format: 'password', example: 'correct horse' })
  new_password_confirm?: string;
}

export class ChangeEmailDto {
  @Email()
  @ApiProperty({ example: 'john.doe@example.com' })
  new_email!: string;

  /** The user's current password. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LENGTHS.password)
  @ApiProperty({ format: 'password', example: 'password123' })
  password!: string;
}

const OUTCOMES = {
  mail_on_its_way: 'If this address has an account, a mail is on its way.',
  confirmation_on_its_way: 'A mail to the new address says how to confirm it.',
  verify_link_valid: 'The link is valid: GET it to verify the address.',
  email_verified: 'The e-mail address is verified.',
  email_already_verified: 'The e-mail address is verified already.',
  reset_link_valid: 'The link is valid: POST new_password to the same address.',
  password_reset: 'The password is changed, and every session has ended.',
  change_link_valid: 'The link is valid: POST to the same address to confirm.',
  email_changed: 'The e-mail address is changed.',
  undo_link_valid: 'The link is valid: POST to the same address to get the earlier address back.',
  email_change_undone: 'The earlier e-mail address is back, and every session has ended.',
  unsubscribe_link_valid: 'The link is valid: POST to the same address to get no more mails about favorites.',
  unsubscribed: 'There will be no more mails about favorites.',
} as const;

export type Outcome = keyof typeof OUTCOMES;

export class OutcomeDto {
  @ApiProperty({ enum: Object.keys(OUTCOMES), enumName: 'OutcomeCode', description: 'Stable; decide by it.' })
  code!: Outcome;

  @ApiProperty({ example: OUTCOMES.email_verified })
  detail!: string;
}

export function outcome(code: Outcome): OutcomeDto {
  return { code, detail: OUTCOMES[code] };
}
