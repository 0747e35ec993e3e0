import 'reflect-metadata';
import { isEmail } from 'class-validator';
import { randomBytes } from 'node:crypto';
import { cleanIdentifier } from '../http/identifier.js';
import { Problem } from '../http/problem.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { JobsService } from '../jobs/jobs.service.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { UsersModule } from '../users/users.module.js';
import { UsersService } from '../users/users.service.js';
import { CommandError, runCommand } from './command.js';
import { withServices } from './services.js';

const USAGE = `Usage: npm run admin -- list                     lists the admins
       npm run admin -- create EMAIL             creates an admin and prints the password
       npm run admin -- reset EMAIL              sets and prints a new password, enables the admin, ends the sessions
       npm run admin -- failed-jobs              lists mails and other jobs that are not tried again`;

type Action = (services: { users: UsersService; jobs: JobsService }, email: string) => Promise<string[]>;

const ACTIONS: Record<string, Action> = {
  list: async ({ users }) =>
    (await users.admins()).map(({ email, username, created_at }) =>
      [email, username, created_at.toISOString()].join('\t'),
    ),
  create: async ({ users }, email) => {
    const address = cleanIdentifier(email);
    if (!isEmail(address)) throw new CommandError(`${email} is no e-mail address.`);
    const password = newPassword();
    await users.addVerified({ username: address, email: address, password, role: 'admin' });
    return [`${address} is an admin. Its password: ${password}`];
  },
  reset: async ({ users }, email) => {
    const password = newPassword();
    await users.resetAdmin(email, password);
    return [`The new password of ${email}: ${password}`];
  },
  'failed-jobs': async ({ jobs }) =>
    (await jobs.listFailed()).map(({ id, task, about, attempts, failed_at, error }) =>
      [id, task, about, `${attempts} attempts`, failed_at.toISOString(), error].join('\t'),
    ),
};

/** `npm run admin -- …`: manages admins without mail, and lists failed jobs. */
await runCommand(async ([name = '', email]) => {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name]! : undefined;
  const takesEmail = name === 'create' || name === 'reset';
  if (!action || takesEmail !== Boolean(email)) throw new CommandError(USAGE);
  return withServices([JobsModule, RateLimitModule, UsersModule], async (services) => {
    try {
      const lines = await action(
        { users: services.get(UsersService), jobs: services.get(JobsService) },
        email!,
      );
      for (const line of lines) console.log(line);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const reasons = Object.values(error.details.errors ?? {}).flat();
      throw new CommandError(reasons.join(' ') || error.message, { cause: error });
    }
    return 0;
  });
});

function newPassword(): string {
  return randomBytes(15).toString('base64url');
}
