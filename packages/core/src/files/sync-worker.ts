import { fsyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** What a worker answers for each descriptor, in order: `undefined`, or the system's error in a form that can be sent. */
export type SyncAnswer = { readonly message: string; readonly code: string | undefined } | undefined;

// The thread that a SyncPool starts: gets descriptors (they belong to the process, not to a thread), flushes each, answers.
parentPort?.on('message', (descriptors: readonly number[]) => {
  parentPort?.postMessage(descriptors.map(answerFor));
});

function answerFor(descriptor: number): SyncAnswer {
  try {
    fsyncSync(descriptor);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return { message: String(error), code: undefined };
    return { message: error.message, code: 'code' in error ? String(error.code) : undefined };
  }
}
