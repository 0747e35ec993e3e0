import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const IS_LINUX = process.platform === 'linux';

/** USER_HZ: ticks per second in /proc, the same on every Linux that Node supports. */
const TICKS = 100;

/**
 * Reserves the first CPU for the servers: pins this process and its later children to the other CPUs.
 *
 * @returns `pin`, which pins a command to the first CPU, and a description for the reader
 */
export function divideCpus() {
  const count = availableParallelism();
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${count} CPUs`;
  if (!IS_LINUX || count === 1) {
    return { pin: (command) => command, machine: `${machine}; nothing is pinned` };
  }
  execFileSync('taskset', ['-a', '-p', '-c', `1-${count - 1}`, String(process.pid)], { stdio: 'pipe' });
  return {
    pin: (command) => ['taskset', '-c', '0', ...command],
    machine: `${machine}; server on CPU 0, load and PostgreSQL on the others`,
  };
}

/** CPU seconds that a process has used, or NaN where they cannot be read. */
export function cpuSeconds(pid) {
  if (!IS_LINUX) return Number.NaN;
  const { utime, stime } = processState(pid);
  return (utime + stime) / TICKS;
}

/** CPU seconds of a process's children, including those that have exited, or NaN where they cannot be read. */
export function childrenCpuSeconds(pid) {
  if (!IS_LINUX) return Number.NaN;
  const { cutime, cstime } = processState(pid);
  return (cutime + cstime) / TICKS + sumOverChildren(pid, cpuSeconds);
}

/** Resident memory of a process in MB, or NaN where it cannot be read. */
export function residentMb(pid) {
  if (!IS_LINUX) return Number.NaN;
  const [, kilobytes = 0] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []; // an exiting process has no VmRSS
  return Math.round(Number(kilobytes) / 1024);
}

/** The same for a process and its running children. */
export function residentMbWithChildren(pid) {
  return residentMb(pid) + (IS_LINUX ? sumOverChildren(pid, residentMb) : 0);
}

export function parentOf(pid) {
  return IS_LINUX ? processState(pid).ppid : Number.NaN;
}

/** Sum of a figure over the running children of a process. */
function sumOverChildren(pid, figureOf) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => {
    try {
      return sum + figureOf(child);
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return sum; // it has exited meanwhile
      throw error;
    }
  }, 0);
}

/** Fields of /proc/<pid>/stat, see proc(5); the second is a name in parentheses that may contain any character. */
function processState(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { ppid: fields[1], utime: fields[11], stime: fields[12], cutime: fields[13], cstime: fields[14] };
}
