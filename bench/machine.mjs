import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Where a process's CPU time and memory can be read. */
const HAS_PROC = process.platform === 'linux';

/** Ticks a second in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Leaves one CPU to the server under load and takes this process, and with it all that it starts from now on, to the
 * others.
 *
 * @returns `onServerCpu`, which a command for the server goes through, and a sentence for the reader
 */
export function divideCpus() {
  const undivided = (why) => ({
    onServerCpu: (command) => command,
    division: `nothing is pinned (${why}): server, load and PostgreSQL share the CPUs`,
  });
  if (!HAS_PROC) return undivided('not Linux, nor is CPU time read');
  const [first, ...others] = allowedCpus();
  if (others.length === 0) return undivided('one CPU only');
  try {
    execFileSync('taskset', ['-a', '-p', '-c', others.join(','), String(process.pid)], { stdio: 'pipe' });
  } catch {
    return undivided('no taskset here');
  }
  return {
    onServerCpu: (command) => ['taskset', '-c', String(first), ...command],
    division: `server on CPU ${first}, load and PostgreSQL on CPU ${others.join(', ')}`,
  };
}

/** Those that this process may run on, from a list such as `0-2,5`. */
function allowedCpus() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** CPU seconds that a process has used, or NaN where that cannot be read. */
export function cpuSeconds(pid) {
  if (!HAS_PROC) return Number.NaN;
  const { utime, stime } = processState(pid);
  return (utime + stime) / TICKS;
}

/** CPU seconds of all that a process has started, also of what has ended since. */
export function childrenCpuSeconds(pid) {
  if (!HAS_PROC) return Number.NaN;
  const { cutime, cstime } = processState(pid);
  const living = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return living.reduce((sum, child) => sum + cpuSecondsUnlessGone(child), (cutime + cstime) / TICKS);
}

function cpuSecondsUnlessGone(pid) {
  try {
    return cpuSeconds(pid);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return 0;
    throw error;
  }
}

/** Seconds that a process's main thread could have run while another one had its CPU. */
export function secondsWaitedForCpu(pid) {
  if (!HAS_PROC) return Number.NaN;
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e9;
}

/** Which process started this one. */
export function parentOf(pid) {
  return HAS_PROC ? processState(pid).ppid : Number.NaN;
}

/** Fields of /proc/<pid>/stat, see proc(5); the second is a name in brackets that may hold anything. */
function processState(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { ppid: fields[1], utime: fields[11], stime: fields[12], cutime: fields[13], cstime: fields[14] };
}

/** Resident memory of a process in MB, or NaN where that cannot be read. */
export function residentMb(pid) {
  if (!HAS_PROC) return Number.NaN;
  const [, kilobytes] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

export function describeMachine() {
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} CPUs`;
}
