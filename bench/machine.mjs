/** What Linux tells about processes; elsewhere nothing is pinned, and the figures are NaN. */
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
  if (!IS_LINUX || count === 1) return { pin: [], machine: `${machine}; nothing is pinned` };
  execFileSync('taskset', ['-a', '-p', '-c', `1-${count - 1}`, String(process.pid)], { stdio: 'pipe' });
  return {
    pin: ['taskset', '-c', '0'],
    machine: `${machine}; server on CPU 0, load and PostgreSQL on the others`,
  };
}

/** CPU seconds that a process has used. */
export function cpuSeconds(pid) {
  const [utime, stime] = timesOf(pid);
  return (utime + stime) / TICKS;
}

/** CPU seconds of a process's children, including those that have exited. */
export function childrenCpuSeconds(pid) {
  const [, , cutime, cstime] = timesOf(pid);
  return (cutime + cstime) / TICKS + sumOverChildren(pid, cpuSeconds);
}

/** Resident memory of a process in MB. */
export function residentMb(pid) {
  if (!IS_LINUX) return Number.NaN;
  const [, kilobytes = 0] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []; // an exiting process has no VmRSS
  return Math.round(Number(kilobytes) / 1024);
}

/** Sum of a figure over the running children of a process. */
export function sumOverChildren(pid, figureOf) {
  if (!IS_LINUX) return Number.NaN;
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

/** utime, stime, cutime and cstime, fields 14 to 17 of /proc/<pid>/stat, see proc(5); the second may contain spaces. */
function timesOf(pid) {
  const stat = IS_LINUX ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return stat.split(') ').at(-1).split(' ').slice(11, 15).map(Number);
}
