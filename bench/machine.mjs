import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Ticks a second in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Leaves one CPU to the server under load and takes this process, and with it all that it starts from now on, to the
 * others.
 *
 * @returns `onServerCpu`, which prefixes a command, and a sentence for the reader
 */
export function divideCpus() {
  const together = (why) => ({
    onServerCpu: (command) => command,
    division: `nothing is pinned (${why}): server, load and PostgreSQL share what there is`,
  });
  if (process.platform !== 'linux') return together('no taskset here');
  const [first, ...others] = allowedCpus();
  if (others.length === 0) return together('one CPU only');
  try {
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', others.join(','), String(process.pid)]);
  } catch {
    return together('no taskset here');
  }
  return {
    onServerCpu: (command) => ['taskset', '--cpu-list', String(first), ...command],
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

/** CPU seconds that a process has used, or NaN where there is no /proc. */
export function cpuSeconds(pid) {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [fields[11], fields[12]];
  return (Number(utime) + Number(stime)) / TICKS;
}

/** Resident memory of a process in MB, or NaN where there is no /proc. */
export function residentMb(pid) {
  if (process.platform !== 'linux') return Number.NaN;
  const [, kilobytes] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

export function describeMachine() {
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} CPUs`;
}
