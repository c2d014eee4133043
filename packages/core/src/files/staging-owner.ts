import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, networkInterfaces, uptime } from 'node:os';
import { errorCode } from './node-error.js';

/** Who stages: enough to say later, on the same machine, that this process surely runs no more. */
export interface StagingOwner {
  /** Host name and a digest of the machine's id: two machines of one name that share a store must not be taken for one. */
  readonly host: string;
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)), clock ticks after boot: tells a later process of the same number apart. */
  readonly startTime?: string;
  /** `/proc/sys/kernel/random/boot_id` (proc_sys_kernel(5)). */
  readonly bootId?: string;
  /** `/proc/self/ns/pid` (pid_namespaces(7)): in another container the same number is another process. */
  readonly pidNamespace?: string;
}

/** What is seen of one process number. */
export interface SeenProcess {
  readonly startTime?: string | undefined;
}

/** The machine this runs on, by parameter so that a test can be another one. */
export interface HostView {
  readonly self: StagingOwner;
  /** How long this machine has been up, in milliseconds. */
  upForMs(): number;
  /** The process of that number, `undefined` if there surely is none. */
  processOf(pid: number): SeenProcess | undefined;
}

/** Without a sign of life for this long an owner counts as dead wherever it was. */
export const STALE_AFTER_MS: number = 24 * 60 * 60 * 1000;

/** This process on this machine. */
export function thisHost(): HostView {
  return { self: thisProcess(), upForMs: () => uptime() * 1000, processOf };
}

/**
 * Has this owner surely ended? Yes if it ran on this machine, in this boot and this pid namespace, and its process is
 * gone; or on this machine in an earlier boot (its last sign of life is older than this boot); or if the last sign of
 * life is more than {@link STALE_AFTER_MS} old. Everything that is not sure is `false`.
 *
 * @param heartbeatMs the modification time of its heartbeat, by the store's clock
 * @param storeNowMs the store's clock now: the modification time of a file just written there
 */
export function isDead(
  owner: StagingOwner | undefined,
  heartbeatMs: number,
  storeNowMs: number,
  host: HostView,
): boolean {
  if (storeNowMs - heartbeatMs > STALE_AFTER_MS) return true;
  if (owner === undefined || owner.host !== host.self.host) return false;
  if (owner.bootId !== host.self.bootId) {
    // Cloned machines can share host and id. A beat within this boot shows that it is not this machine's past.
    return storeNowMs - heartbeatMs > host.upForMs();
  }
  if (owner.pidNamespace !== host.self.pidNamespace) return false;
  const process = host.processOf(owner.pid);
  if (process === undefined) return true;
  if (owner.startTime === undefined || process.startTime === undefined) return false;
  return process.startTime !== owner.startTime;
}

/** Does this owner surely run: on this machine, in this boot and pid namespace, as a process that can be told from later ones? */
export function isAlive(owner: StagingOwner, host: HostView): boolean {
  const isHere =
    owner.host === host.self.host && owner.bootId === host.self.bootId && owner.pidNamespace === host.self.pidNamespace;
  if (!isHere || owner.startTime === undefined) return false;
  return host.processOf(owner.pid)?.startTime === owner.startTime;
}

function thisProcess(): StagingOwner {
  const startTime = processStat(process.pid)?.startTime;
  const bootId = readIfThere('/proc/sys/kernel/random/boot_id');
  const pidNamespace = namespaceOf('/proc/self/ns/pid');
  return {
    host: `${hostname()}/${machineDigest()}`,
    pid: process.pid,
    ...(startTime === undefined ? {} : { startTime }),
    ...(bootId === undefined ? {} : { bootId }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
  };
}

/** Of machine-id(5), or where there is none of the hardware addresses. The id itself is confidential, says its page. */
function machineDigest(): string {
  const id = readIfThere('/etc/machine-id') ?? hardwareAddresses();
  return createHash('sha256').update(`holdfast staging ${id}`).digest('hex').slice(0, 16);
}

function hardwareAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = all.filter((address) => !address.internal).map((address) => address.mac);
  return [...new Set(outside)].sort().join(' ');
}

function processOf(pid: number): SeenProcess | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return undefined;
  }
  const seen = processStat(pid);
  // A zombie writes no more; in a container without an init it stays for ever.
  if (seen?.state === 'Z' || seen?.state === 'X') return undefined;
  return { startTime: seen?.startTime };
}

/** Fields 3 and 22. Field 2, the name, stands in brackets and may hold spaces and brackets: read from the last one. */
function processStat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function readIfThere(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

function namespaceOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
