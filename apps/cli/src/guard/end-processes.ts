import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { type GuardedProcesses, livingProcesses } from './process-tree.js';

/** How long what was asked to end has for it, and what was killed. */
const GRACE_MS = 5000;
const LOOK_AGAIN_MS = 20;

/**
 * Ends all that a guarded command has started and that still runs: asks it to (SIGTERM), waits, and kills it. On Linux everything that
 * has inherited the command's environment is found; elsewhere its process group and what is below it, and on Windows its process with its
 * children.
 *
 * @throws CliError `STILL_RUNNING` if something cannot be ended.
 */
export async function endProcesses(processes: GuardedProcesses, graceMs: number = GRACE_MS): Promise<void> {
  if (process.platform === 'win32') {
    // taskkill: /T with its children, /F at once, as there is no other way to end what has no window.
    if (processes.group !== undefined) spawnSync('taskkill', ['/PID', String(processes.group), '/T', '/F']);
    return;
  }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const endsAtMs = performance.now() + graceMs;
    const signalled = new Set<number>();
    do {
      if (!signalAll(processes, signal, signalled)) return;
      await sleep(LOOK_AGAIN_MS);
    } while (performance.now() < endsAtMs);
  }
  const left = livingProcesses(processes);
  throw new CliError({
    code: 'STILL_RUNNING',
    message: `what the command has started cannot be ended, and may still write: process ${left.join(', ')}`,
    hint: 'End it, then roll back: holdfast guard --roll-back.',
    exitStatus: EXIT.notGuarded,
  });
}

/** Sends a signal to all that has not got it yet. @returns false if nothing is left. */
function signalAll(processes: GuardedProcesses, signal: NodeJS.Signals, signalled: Set<number>): boolean {
  const living = livingProcesses(processes);
  for (const pid of living) {
    if (signalled.has(pid)) continue;
    signalled.add(pid);
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended, or is another user's: then it is named.
    }
  }
  return living.length > 0;
}
