/**
 * The program that a kill test runs as another process: it opens the place with the adapter it is told and does one step a
 * message. Between two steps it holds still, so that the test kills it exactly there.
 */
import {
  type BackupTarget,
  bytesSource,
  parseAddress,
  type TargetAdapter,
  type WriteBatch,
} from '@holdfast/core/target';
import type { ChildProgram } from './harness.js';
import { hangingSource } from './sources.js';

/** One step for the child to do. */
export type ChildStep =
  | { readonly do: 'open'; readonly program: ChildProgram }
  | { readonly do: 'begin'; readonly root?: string }
  | { readonly do: 'put'; readonly key: string; readonly content: string }
  /** Puts half of an object and answers; the other half never comes. */
  | { readonly do: 'put half'; readonly key: string; readonly sizeBytes: number }
  | { readonly do: 'commit'; readonly key: string; readonly content: string }
  | { readonly do: 'close' };

/** What the child answers to each step. */
export interface ChildAnswer {
  readonly error?: string;
}

let target: BackupTarget | undefined;
let batch: WriteBatch | undefined;

function opened<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('open and begin come first');
  return value;
}

async function run(step: ChildStep): Promise<void> {
  switch (step.do) {
    case 'open': {
      const module = (await import(step.program.adapterModule)) as { adapter: TargetAdapter };
      const { address, adapterOptions } = step.program;
      target = await module.adapter.open(parseAddress(address), { environment: process.env, adapterOptions });
      return;
    }
    case 'begin':
      batch = await opened(target).begin(step.root === undefined ? {} : { root: step.root });
      return;
    case 'put':
      await opened(batch).put(step.key, bytesSource(Buffer.from(step.content)));
      return;
    case 'put half':
      await new Promise<void>((resolve, reject) => {
        opened(batch).put(step.key, hangingSource(step.sizeBytes, resolve)).catch(reject);
      });
      return;
    case 'commit':
      await opened(batch).commit({ key: step.key, body: Buffer.from(step.content) });
      return;
    case 'close':
      await opened(target).close();
      return;
  }
}

process.on('message', (step: ChildStep) => {
  run(step).then(
    () => process.send?.({} satisfies ChildAnswer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies ChildAnswer),
  );
});
// Whoever started it is gone: so is the reason to live.
process.on('disconnect', () => process.exit(0));
