import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardRecord, guardsTheSame } from './guard-record.js';
import { forgetGuardRun, type GuardRun, guardRuns, writeGuardRun } from './guard-runs.js';

/** How long another one that is just beginning is looked at again. */
const LOOK_AGAIN_MS = 20;

/**
 * Begins a guarded run, unless one that goes on guards the same, or a part of it. Two that begin at once take tickets, as in a bakery
 * (Lamport 1974): each writes down that it takes one, takes one above all it sees, and then looks at the others: one that still takes its
 * ticket is waited for, and the lower one stays. So one of two stays, whatever the order, and no lock is left by one that is killed.
 *
 * @param options `isTakenOver`: it is the run of another process, which has ended: it is not forgotten where it cannot be begun now.
 * @returns its ticket, which goes with it from now on; or the run that stays in its place.
 * @throws the error of the system.
 */
export async function claimGuard(
  stateDirectory: string,
  record: GuardRecord,
  { isTakenOver = false }: { readonly isTakenOver?: boolean } = {},
): Promise<{ readonly ticket: number } | { readonly taken: GuardRun }> {
  await writeGuardRun(stateDirectory, record);
  const ticket = 1 + Math.max(0, ...guardRuns(stateDirectory).map((run) => run.ticket ?? 0));
  await writeGuardRun(stateDirectory, record, { ticket });
  for (;;) {
    const others = guardRuns(stateDirectory).filter(
      (run) => run.isRunning && run.record.id !== record.id && guardsTheSame(run.record, record),
    );
    const before = others.find((run) => run.ticket !== undefined && comesBefore(run, { ticket, id: record.id }));
    if (before !== undefined) {
      if (isTakenOver) await writeGuardRun(stateDirectory, record, { isOver: true });
      else await forgetGuardRun(stateDirectory, record.id);
      return { taken: before };
    }
    if (others.every((run) => run.ticket !== undefined)) return { ticket };
    await sleep(LOOK_AGAIN_MS);
  }
}

function comesBefore(run: GuardRun, own: { readonly ticket: number; readonly id: string }): boolean {
  const theirs = run.ticket ?? Number.POSITIVE_INFINITY;
  return theirs < own.ticket || (theirs === own.ticket && run.record.id < own.id);
}
