import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/**
 * Work for a thread. `source` is JavaScript: an expression that is called with `require` and gives the function that does the
 * work. It is text because a thread cannot run TypeScript, and whoever bundles or tests from the sources has no compiled
 * file beside this one. What goes in and out is cloned, but for shared memory.
 */
export interface ThreadJob<Input, Answer> {
  readonly name: string;
  readonly source: string;
  /** Never set: it holds the types. */
  readonly types?: (input: Input) => Answer;
}

/** Names a job. */
export function threadJob<Input, Answer>(name: string, source: string): ThreadJob<Input, Answer> {
  return { name, source };
}

/** What a thread runs: it learns a job when it first gets one. */
const THREAD = `
  const { parentPort } = require('node:worker_threads');
  const jobs = new Map();
  parentPort.on('message', ({ name, source, input }) => {
    try {
      if (source !== undefined) jobs.set(name, (0, eval)(source)(require));
      parentPort.postMessage({ answer: jobs.get(name)(input) });
    } catch (error) {
      parentPort.postMessage({ error: error instanceof Error ? error : new Error(String(error)) });
    }
  });
`;

type ThreadAnswer = { readonly answer: unknown } | { readonly error: Error };

interface Task {
  readonly job: ThreadJob<never, unknown>;
  readonly input: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly known: Set<string>;
  task: Task | undefined;
}

/** A thread costs 15 to 30 ms of CPU to start and 9 MB (measured), and more than these would wait for the disk all the same. */
const MAX_THREADS: number = Math.min(4, Math.max(2, availableParallelism()));
/** Then they end, so that a program that lives on does not keep their memory. */
const IDLE_MS = 10_000;

const threads = new Set<Thread>();
const queue: Task[] = [];
let idle: NodeJS.Timeout | undefined;

/**
 * Does a job in one of this process's threads: synchronous calls to the system, which cost a tenth of asynchronous ones, many at a
 * time, because a message there and back costs 50 µs. Jobs begin in the order of the calls, but for those that are `urgent`, which go first: they free
 * what others hold.
 *
 * @throws what the job throws (message and members of a plain error); an error if the thread ended.
 */
export function runInThread<Input, Answer>(
  job: ThreadJob<Input, Answer>,
  input: Input,
  options: { readonly urgent?: boolean } = {},
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const task: Task = { job, input, resolve: (answer) => resolve(answer as Answer), reject };
    if (options.urgent === true) queue.unshift(task);
    else queue.push(task);
    pump();
  });
}

function pump(): void {
  for (const thread of threads) if (thread.task === undefined) send(thread);
  while (queue.length > 0 && threads.size < MAX_THREADS) send(start());
}

function send(thread: Thread): void {
  const task = queue.shift();
  if (task === undefined) return;
  const { job, input } = task;
  clearTimeout(idle);
  thread.task = task;
  thread.worker.ref();
  thread.worker.postMessage({ name: job.name, source: thread.known.has(job.name) ? undefined : job.source, input });
  thread.known.add(job.name);
}

function start(): Thread {
  // A job may leave a descriptor open for the rest of the process: a thread that ends must not close it.
  const thread: Thread = {
    worker: new Worker(THREAD, { eval: true, trackUnmanagedFds: false }),
    known: new Set(),
    task: undefined,
  };
  threads.add(thread);
  thread.worker.unref();
  thread.worker.on('message', (message: ThreadAnswer) => {
    const { task } = thread;
    thread.task = undefined;
    thread.worker.unref();
    if ('error' in message) task?.reject(message.error);
    else task?.resolve(message.answer);
    pump();
    restIfIdle();
  });
  const onEnd = (error: Error): void => {
    threads.delete(thread);
    thread.task?.reject(error);
    thread.task = undefined;
    pump();
  };
  thread.worker.on('error', onEnd);
  thread.worker.on('exit', () => onEnd(new Error('a thread of the program has ended')));
  return thread;
}

function restIfIdle(): void {
  if ([...threads].some(({ task }) => task !== undefined)) return;
  clearTimeout(idle);
  idle = setTimeout(() => {
    // Forgotten first: a job that comes now must not be given to one that is about to end.
    const resting = [...threads];
    threads.clear();
    for (const { worker } of resting) void worker.terminate();
  }, IDLE_MS).unref();
}
