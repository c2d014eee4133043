import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ContentFault, ExportSink, InspectLimits } from '@holdfast/core/inspect';
import type { SinkMessage, ThreadAnswer, ThreadRequest } from './messages.js';

/** Compiled, and found by the name of its package: from the sources, from what is published, and from a program that has this file in its bundle. */
const PROGRAM = '@holdfast/inspect-excel/thread';

/** What bounds one call. */
export interface CallOptions {
  readonly limits: InspectLimits;
  readonly signal?: AbortSignal | undefined;
  readonly sink?: ExportSink | undefined;
}

/** A file that asks for more must not make the machine slow for all others: so many are looked into at a time. */
const MAX_THREADS = 2;
/** Then a thread that has nothing to do ends. */
const IDLE_MS = 5_000;

interface Thread {
  readonly worker: Worker;
  readonly heapMiB: number;
  isBusy: boolean;
  idle: NodeJS.Timeout | undefined;
}

const threads = new Set<Thread>();
const waiting: (() => void)[] = [];

/**
 * Asks a thread. However the thread fares (it takes too long, it runs out of memory), there is an answer: a fault.
 *
 * @throws the reason of the signal; the error of a sink; an error of the system.
 */
export async function callThread(request: ThreadRequest, options: CallOptions): Promise<ThreadAnswer> {
  options.signal?.throwIfAborted();
  const thread = await takeThread(options.limits.heapMiB);
  let isWhole = false;
  try {
    options.signal?.throwIfAborted();
    const answer = await talk(thread.worker, request, options);
    isWhole = answer.say !== 'fault' || !ENDS_THREAD.has(answer.fault.code);
    return answer;
  } finally {
    await giveBack(thread, isWhole);
  }
}

/** What the thread did not say itself, or not before it had taken much memory. */
const ENDS_THREAD: ReadonlySet<string> = new Set(['TIMEOUT', 'TOO_LARGE']);

function talk(worker: Worker, request: ThreadRequest, { limits, signal, sink }: CallOptions): Promise<ThreadAnswer> {
  return new Promise<ThreadAnswer>((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => resolve(faultOf('TIMEOUT', `it was not read within ${limits.timeoutMs} ms`))),
      limits.timeoutMs,
    );
    const onMessage = (message: SinkMessage | ThreadAnswer): void => {
      if (isOfSink(message)) {
        sinkAnswer(message, sink).then(
          (goOn) => worker.postMessage({ goOn }),
          (error: unknown) => settle(() => reject(error)),
        );
      } else settle(() => resolve(message));
    };
    const onError = (error: unknown): void => settle(() => answerToError(error, resolve, reject));
    const onExit = (): void => settle(() => reject(new Error('a thread of the program has ended')));
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(request);
  });
}

function isOfSink(message: SinkMessage | ThreadAnswer): message is SinkMessage {
  return message.say === 'wants' || message.say === 'begin' || message.say === 'write';
}

async function sinkAnswer(message: SinkMessage, sink: ExportSink | undefined): Promise<boolean> {
  if (sink === undefined) return false;
  if (message.say === 'wants') return sink.wants?.(message.part) ?? true;
  if (message.say === 'write') await sink.write(message.bytes);
  else await sink.begin(message.part);
  return true;
}

function answerToError(
  error: unknown,
  resolve: (answer: ThreadAnswer) => void,
  reject: (error: unknown) => void,
): void {
  const { code } = error as { code?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(faultOf('TOO_LARGE', 'to read it takes more memory than it may'));
  else reject(error);
}

function faultOf(code: ContentFault['code'], message: string): ThreadAnswer {
  return { say: 'fault', fault: { code, message } };
}

async function takeThread(heapMiB: number): Promise<Thread> {
  for (;;) {
    const free = [...threads].filter(({ isBusy }) => !isBusy);
    const fitting = free.find((thread) => thread.heapMiB === heapMiB);
    if (fitting !== undefined) return occupied(fitting);
    if (threads.size < MAX_THREADS) return occupied(start(heapMiB));
    const [other] = free;
    if (other === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
    else await end(other);
  }
}

function occupied(thread: Thread): Thread {
  clearTimeout(thread.idle);
  thread.isBusy = true;
  thread.worker.ref();
  return thread;
}

function start(heapMiB: number): Thread {
  const worker = new Worker(createRequire(import.meta.url).resolve(PROGRAM), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMiB },
  });
  const thread: Thread = { worker, heapMiB, isBusy: false, idle: undefined };
  threads.add(thread);
  // An error while it rests is nobody's: the thread is gone, and the next call starts another one.
  worker.on('error', () => threads.delete(thread));
  worker.on('exit', () => threads.delete(thread));
  return thread;
}

async function giveBack(thread: Thread, isWhole: boolean): Promise<void> {
  if (!isWhole || !threads.has(thread)) await end(thread);
  else {
    thread.isBusy = false;
    thread.worker.unref();
    thread.idle = setTimeout(() => void end(thread), IDLE_MS).unref();
  }
  waiting.shift()?.();
}

async function end(thread: Thread): Promise<void> {
  threads.delete(thread);
  clearTimeout(thread.idle);
  await thread.worker.terminate();
}
