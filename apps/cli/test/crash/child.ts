import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SourceSpec } from '@holdfast/core';
import type { World } from './scenario.js';

const PROGRAM = fileURLToPath(new URL('./child/main.mjs', import.meta.url));

/** One operation, in words that survive JSON. Targets are addresses. */
export type Operation =
  | {
      readonly operation: 'backup';
      readonly sources: readonly SourceSpec[];
      readonly stateDirectory: string;
      readonly targets: readonly string[];
    }
  | { readonly operation: 'restore'; readonly from: string; readonly into: string; readonly overwrite: boolean }
  /** In place, and it deletes. */
  | { readonly operation: 'restore'; readonly from: string; readonly which: string; readonly stateDirectory: string }
  | {
      readonly operation: 'guard';
      readonly sources: readonly SourceSpec[];
      readonly stateDirectory: string;
      readonly from: string;
      /** The folder in which the action disturbs things. */
      readonly live: string;
      readonly fails: boolean;
    }
  | { readonly operation: 'mirror'; readonly from: string; readonly to: string }
  | { readonly operation: 'remove' | 'undo' | 'prune'; readonly from: string; readonly which: string };

/** When a process is killed: at a step, by its label, or so long after its operation began. */
export type Moment = { readonly at: string } | { readonly afterMs: number };

/** What happens to a process on its way. */
export interface Plan {
  readonly kill?: Moment;
  /** It gets a signal at a step, and goes on as it likes. */
  readonly signal?: { readonly at: string; readonly name: NodeJS.Signals };
  /** At a step it waits until so many have come to theirs; each leaves a file in the folder. */
  readonly meet?: { readonly at: string; readonly folder: string; readonly count: number };
}

/** What came of a process that ended by itself. */
export interface Outcome {
  readonly durationMs: number;
  readonly problems: readonly { readonly code: string; readonly path: string; readonly message: string }[];
  /** Of a backup and a restore. */
  readonly snapshotId?: string;
  /** The labels of everything that it changed, in order. */
  readonly steps: readonly string[];
}

/** How a process ended. */
export type Ending =
  | ({ readonly how: 'done' } & Outcome)
  | { readonly how: 'killed' }
  | { readonly how: 'failed'; readonly status: number | null; readonly complaint: string };

/** Runs an operation in a process of its own. */
export async function runChild(operation: Operation, world: World, plan: Plan = {}): Promise<Ending> {
  const words = JSON.stringify({ operation, plan, world: world.root });
  const child = spawn(process.execPath, [PROGRAM, words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: world.temporary },
  });
  let answer = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  // One that was killed while it said so had come to its end.
  if (answer !== '') return { how: 'done', ...(JSON.parse(answer) as Outcome) };
  return signal === 'SIGKILL' ? { how: 'killed' } : { how: 'failed', status, complaint };
}
