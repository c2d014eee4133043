import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * In the environment of a guarded command: the ids of the guards that it runs under, with spaces between. Everything that it starts has
 * it too, so that what is left of it is found again, whatever group or session it has moved to.
 */
export const GUARD_VARIABLE = 'HOLDFAST_GUARD';

/** Which processes belong to a guarded run. */
export interface GuardedProcesses {
  /** The id of the run. */
  readonly id: string;
  /** The process group that its command leads, if it has one of its own. */
  readonly group?: number | undefined;
}

/** A process as the system tells of it. */
interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
}

/**
 * The numbers of the processes that belong to a guarded run and still run: those of its group, those below this process, and on Linux all
 * that have its mark, whoever has taken them in.
 */
export function livingProcesses({ id, group }: GuardedProcesses): number[] {
  const seen = process.platform === 'linux' ? seenInProc() : seenByPs();
  const byPid = new Map(seen.map((one) => [one.pid, one]));
  const above = new Set(lineOf(process.pid, byPid));
  return seen.flatMap((one) => {
    // A zombie writes no more. This process, and those above it: a run may be dealt with from within another one.
    if (/^[ZX]/.test(one.state) || above.has(one.pid)) return [];
    const isOfRun = one.group === group || lineOf(one.parent, byPid).includes(process.pid) || hasMark(one.pid, id);
    return isOfRun ? [one.pid] : [];
  });
}

/** A process and those above it. */
function lineOf(pid: number, seen: ReadonlyMap<number, SeenProcess>): number[] {
  const line: number[] = [];
  for (let current = pid; current > 1 && !line.includes(current); current = seen.get(current)?.parent ?? 0)
    line.push(current);
  return line;
}

/** Fields 3 to 5 of `/proc/<pid>/stat` (proc_pid_stat(5)); the name before them may hold spaces and brackets. */
function seenInProc(): SeenProcess[] {
  return processNumbers().flatMap((pid) => {
    const text = read(`/proc/${pid}/stat`);
    if (text === undefined) return [];
    const [state = '', parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ pid, state, parent: Number(parent), group: Number(group) }];
  });
}

function processNumbers(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** As POSIX has it: ps(1) with columns without headings. */
function seenByPs(): SeenProcess[] {
  const { stdout, pid: own } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, group, state = ''] = line.trim().split(/\s+/);
    if (pid === undefined || pid === '' || Number(pid) === own) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), state }];
  });
}

/** Of another user's process the environment cannot be read: that one has other rights than the command. */
function hasMark(pid: number, id: string): boolean {
  const variables = read(`/proc/${pid}/environ`)?.split('\0') ?? [];
  const mark = variables.find((variable) => variable.startsWith(`${GUARD_VARIABLE}=`));
  return (
    mark
      ?.slice(GUARD_VARIABLE.length + 1)
      .split(' ')
      .includes(id) === true
  );
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
