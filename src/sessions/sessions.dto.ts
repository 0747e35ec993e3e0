import { ApiProperty } from '@nestjs/swagger';
import type { ListedSession } from './sessions.repository.js';

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** Browser and operating system, from the User-Agent. */
  @ApiProperty({ example: 'Firefox, Linux' })
  device!: string;

  @ApiProperty({ example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })
  user_agent!: string;

  /** Network address that it was opened from. */
  @ApiProperty({ example: '203.0.113.7' })
  address!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: Date;

  /** When its tokens were last refreshed. */
  @ApiProperty({ type: 'string', format: 'date-time' })
  last_used_at!: Date;

  /** Whether it is the session of this request. */
  current!: boolean;
}

export function sessionDto(session: ListedSession, currentId: string): SessionDto {
  return { ...session, device: deviceOf(session.user_agent), current: session.id === currentId };
}

/** In the order of matching, since browsers also name others in their User-Agent. */
const BROWSERS: [RegExp, string][] = [
  [/\b(Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

export function deviceOf(userAgent: string): string {
  const named = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const known = [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(', ');
  return known || userAgent.split(/[ /]/)[0] || 'Unknown';
}
