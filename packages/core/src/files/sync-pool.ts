import { fsync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Flushes many descriptors at once, so that the file system can commit them in groups. */
export interface SyncPool {
  /** Resolves when the descriptor's file is durable. The caller keeps it open until then, and closes it. */
  sync(descriptor: number): Promise<void>;
  /** Ends the threads. Nothing may be under way. */
  close(): Promise<void>;
}

/** What a thread answers for each descriptor, in order: `null`, or the error of the system in a form that can be sent. */
type SyncAnswer = { readonly message: string; readonly code: string | undefined } | null;

/**
 * What a thread runs. Descriptors belong to the process, not to a thread. It is a string because a thread cannot run TypeScript, and
 * whoever bundles or tests from the sources has no compiled file beside this one.
 */
const THREAD = `
  const { fsyncSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  function answerFor(descriptor) {
    try {
      fsyncSync(descriptor);
      return null;
    } catch (error) {
      return { message: error.message, code: error.code };
    }
  }
  parentPort.on('message', (descriptors) => parentPort.postMessage(descriptors.map(answerFor)));
`;

interface Job {
  readonly descriptor: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  jobs: readonly Job[];
}

/**
 * Up to here Node's own pool of four threads does it: it is as fast for a few, and a thread of ours costs 30 ms of CPU and
 * 9 MB (measured). Beyond, our threads take over, so that flushing never keeps reads and writes waiting.
 */
const FEW = 64;
const FEW_AT_ONCE = 3;
const MAX_THREADS = 8;
/** A message there and back costs 50 µs: worth while for several flushes, few enough to keep all threads busy. */
const JOBS_PER_MESSAGE = 8;

/** A pool that starts threads only when there is work for them. */
export function syncPool(): SyncPool {
  const queue: Job[] = [];
  const threads = new Set<Thread>();
  let few = 0;

  function pump(): void {
    if (threads.size === 0 && queue.length <= FEW) {
      while (queue.length > 0 && few < FEW_AT_ONCE) flushHere(queue.shift());
      return;
    }
    const wanted = Math.min(MAX_THREADS, Math.ceil(queue.length / JOBS_PER_MESSAGE));
    for (const thread of threads) if (thread.jobs.length === 0) send(thread);
    while (queue.length > 0 && threads.size < wanted) send(start());
  }

  function flushHere(job: Job | undefined): void {
    if (job === undefined) return;
    few += 1;
    fsync(job.descriptor, (error) => {
      few -= 1;
      if (error === null) job.resolve();
      else job.reject(error);
      pump();
    });
  }

  function send(thread: Thread): void {
    thread.jobs = queue.splice(0, JOBS_PER_MESSAGE);
    if (thread.jobs.length === 0) return;
    thread.worker.ref();
    thread.worker.postMessage(thread.jobs.map((job) => job.descriptor));
  }

  function start(): Thread {
    const thread: Thread = { worker: new Worker(THREAD, { eval: true }), jobs: [] };
    thread.worker.unref();
    thread.worker.on('message', (answers: readonly SyncAnswer[]) => {
      const { jobs } = thread;
      thread.jobs = [];
      thread.worker.unref();
      jobs.forEach((job, index) => {
        const answer = answers[index];
        if (answer === null) job.resolve();
        else if (answer === undefined) job.reject(new Error('a thread that flushes files gave no answer'));
        else job.reject(Object.assign(new Error(answer.message), { code: answer.code, syscall: 'fsync' }));
      });
      pump();
    });
    const onEnd = (error: Error): void => {
      threads.delete(thread);
      for (const job of thread.jobs) job.reject(error);
      thread.jobs = [];
    };
    thread.worker.on('error', onEnd);
    thread.worker.on('exit', () => onEnd(new Error('a thread that flushes files has ended')));
    threads.add(thread);
    return thread;
  }

  return {
    sync: (descriptor) =>
      new Promise<void>((resolve, reject) => {
        queue.push({ descriptor, resolve, reject });
        pump();
      }),
    async close() {
      await Promise.all([...threads].map((thread) => thread.worker.terminate()));
      threads.clear();
    },
  };
}
