import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm';
import { type Language, LANGUAGES } from '../http/language.js';
import { ROLES, type Role } from '../http/role.js';

/** Columns have the names of the API's fields, so that no mapping is needed. */
@Entity('users')
@Index('users_search', { synchronize: false })
@Index('users_admins', { synchronize: false })
@Index('users_disabled', { synchronize: false })
@Index('users_deleted', { synchronize: false })
@Index('users_by_created_at', ['created_at', 'id'], { where: 'deleted_at IS NULL' })
@Index('users_username_unique', ['username_key'], { unique: true, where: 'deleted_at IS NULL' })
@Index('users_email_unique', ['email_key'], { unique: true, where: 'deleted_at IS NULL' })
@Index('users_by_recovery_email', ['recovery_email_key'], { where: 'recovery_email_key IS NOT NULL' })
@Check('users_username_not_anothers_email', `username_key NOT LIKE '%@%' OR username_key = email_key`)
@Check('users_language_known', `language IN (${LANGUAGES.map((language) => `'${language}'`).join(', ')})`)
@Check('users_role_known', `role IN (${ROLES.map((role) => `'${role}'`).join(', ')})`)
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('text')
  username!: string;

  /** The `identifierKey` of the username, by which it is looked up. */
  @Column('text')
  username_key!: string;

  @Column('text')
  email!: string;

  /** The `identifierKey` of the address, by which it is looked up. */
  @Column('text')
  email_key!: string;

  /** Resets go here while `email`, changed without the password, is not confirmed; null: they go to `email`. */
  @Column('text', { nullable: true })
  recovery_email!: string | null;

  @Column('text', { nullable: true })
  recovery_email_key!: string | null;

  @Column('text', { default: '' })
  name!: string;

  @Column('text', { nullable: true })
  phone!: string | null;

  /** `YYYY-MM-DD` */
  @Column('date', { nullable: true })
  birth_date!: string | null;

  @Column('text', { nullable: true })
  gender!: string | null;

  @Column('text', { default: 'customer' })
  role!: Role;

  @Column('text')
  password_hash!: string;

  @Column('text', { nullable: true })
  shipping_address!: string | null;

  @Column('text', { nullable: true })
  billing_address!: string | null;

  @Column('boolean', { default: false })
  newsletter_subscription!: boolean;

  /** Whether the user gets mails about favorites that are in stock again or cheaper. */
  @Column('boolean', { default: false })
  favorite_mails!: boolean;

  /** When the last such mail was queued. */
  @Column('timestamptz', { nullable: true, select: false })
  favorites_told_at?: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at!: Date;

  /** Language of mails to the user. */
  @Column('text', { default: 'en' })
  language!: Language;

  @Column('timestamptz', { nullable: true })
  email_verified_at!: Date | null;

  /** Username, e-mail and name, folded for the search; a trigger writes it. */
  @Column('text', { default: '', select: false })
  search_text?: string;

  @Column('timestamptz', { nullable: true })
  deleted_at!: Date | null;

  /** Since when the user may not sign in. */
  @Column('timestamptz', { nullable: true })
  disabled_at!: Date | null;
}
